// What a phone at the door keeps, sealed with a key that is made of the link's secret: whoever finds the phone's storage
// without the link reads nothing. Where the browser keeps nothing, it lives as long as the page.

const STORE = "kept";
const bytesOf = (text) => new TextEncoder().encode(text);

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (text) => hex(await crypto.subtle.digest("SHA-256", bytesOf(text)));

// The same name is made by door-worker.js.
export const nameOf = async (token) => `door-${(await sha256(`kept ${token}`)).slice(0, 24)}`;

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });

const opened = (name) => {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asked(request);
};

class Kept {
  constructor(database, key) {
    Object.assign(this, { database, key, isKept: true });
  }

  store(mode) {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }

  async read(name) {
    try {
      const { iv, sealed } = await asked(this.store("readonly").get(name));
      const context = { name: "AES-GCM", iv, additionalData: bytesOf(name) };
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(context, this.key, sealed)));
    } catch {
      return null; // nothing kept, or by another link
    }
  }

  async write(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const context = { name: "AES-GCM", iv, additionalData: bytesOf(name) };
    const sealed = await crypto.subtle.encrypt(context, this.key, bytesOf(JSON.stringify(value)));
    if (this.isKept) {
      await asked(this.store("readwrite").put({ iv, sealed }, name));
    }
  }

  async drop(name) {
    if (this.isKept) {
      await asked(this.store("readwrite").delete(name));
    }
  }

  async wipe(address) {
    this.isKept = false;
    this.database.close();
    await asked(indexedDB.deleteDatabase(this.database.name)).catch(() => {});
    if ("caches" in globalThis) {
      for (const name of await caches.keys()) {
        await (await caches.open(name)).delete(address, { ignoreSearch: true });
      }
    }
  }
}

class Forgetful {
  isKept = false;
  values = new Map();
  read = async (name) => this.values.get(name) ?? null;
  write = async (name, value) => void this.values.set(name, value);
  drop = async (name) => void this.values.delete(name);
  wipe = async () => this.values.clear();
}

export const openKept = async (token) => {
  try {
    const database = await opened(await nameOf(token));
    const store = () => database.transaction(STORE, "readwrite").objectStore(STORE);
    let salt = await asked(store().get("salt"));
    if (!salt) {
      salt = crypto.getRandomValues(new Uint8Array(16));
      await asked(store().put(salt, "salt"));
    }
    const secret = await crypto.subtle.importKey("raw", bytesOf(token), "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt, info: bytesOf("cag_events door") };
    const key = await crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return new Kept(database, key);
  } catch {
    return new Forgetful();
  }
};
