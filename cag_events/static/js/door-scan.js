// The camera at the door: reads tickets with what the browser has, else with a decoder in WebAssembly that is loaded when the
// camera is started.

const PAUSE = 90; // milliseconds between two looks
const SAME = 4000; // for so long the same ticket in front of the camera is one

const native = async () => {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    return formats?.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
};

export const needsDecoder = async () => (await native()) === null;

const decoderOf = async (wasm) => {
  const found = await native();
  if (found) {
    return async (video) => (await found.detect(video))[0]?.rawValue ?? "";
  }
  const { prepareZXingModule, readBarcodes } = await import("../vendor/zxing-wasm-3.1.4/reader/index.js");
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    const [code] = await readBarcodes(image, { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true });
    return code?.text ?? "";
  };
};

// Start the camera in a video element; found(text) is told each ticket once. Returns {stop, torch}: torch(isOn) or null.
// Throws where there is no camera or it is refused.
export const startScan = async (video, wasm, found) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment" } });
  let isOn = true;
  let lock = null;
  const stop = () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    lock?.release().catch(() => {});
  };
  try {
    video.srcObject = stream;
    await video.play();
    const decode = await decoderOf(wasm);
    let last = "";
    let lastAt = 0;
    const look = async () => {
      if (!isOn) return;
      let text = "";
      try {
        text = video.readyState >= 2 ? await decode(video) : "";
      } catch {
        text = ""; // a picture that is none yet
      }
      const now = performance.now();
      if (isOn && text && (text !== last || now - lastAt > SAME)) found(text);
      if (text) [last, lastAt] = [text, now];
      setTimeout(look, PAUSE);
    };
    look();
  } catch (fault) {
    stop();
    throw fault;
  }
  const wake = async () => {
    try {
      lock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      lock = null; // the battery is low, or the page is hidden
    }
  };
  wake();
  document.addEventListener("visibilitychange", () => isOn && !document.hidden && wake());
  const [track] = stream.getVideoTracks();
  const torch = track.getCapabilities?.().torch ? (lit) => track.applyConstraints({ advanced: [{ torch: lit }] }) : null;
  return { stop, torch };
};
