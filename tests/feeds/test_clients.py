"""Programs by what they call themselves: a table of real names, and that no text of theirs is kept."""

import pytest

from cag_events.feeds.clients import BROWSER, BY_SLUG, CLIENTS, TOLD, find_client, recognise


@pytest.mark.parametrize(
    ("agent", "slug"),
    [
        ("Google-Calendar-Importer", "Google"),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer)", "Google"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "Outlook"),
        ("Microsoft Exchange/15.20", "Outlook"),
        ("Outlook-iOS/2.0", "Outlook"),
        ("ExchangeServicesClient/15.00.0913.015", "Outlook"),
        ("iOS/18.0 (22A3354) dataaccessd/1.0", "Apple"),
        ("macOS/14.5 (23F79) CalendarAgent/1007", "Apple"),
        ("Mac+OS+X/10.15.7 (19H2026) CalendarAgent/930.5.1", "Apple"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", "Thunderbird"),
        ("Nextcloud Webcal Service", "Nextcloud"),
        ("Nextcloud Webcal Crawler", "Nextcloud"),
        ("Nextcloud Server Crawler", "Nextcloud"),
        ("ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)", "ICSx5"),
        ("DAVx5/4.4.3 (2024/10/15; dav4jvm; okhttp/4.12.0) Android/14", "ICSx5"),
        ("vdirsyncer/0.21.0", "vdirsyncer"),
        ("Evolution/3.60.2", "GNOME"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) KIO/6.5 kioworker/6.5", "KDE"),
        ("HomeAssistant/2026.10.1 httpx/0.28 Python/3.13", "HomeAssistant"),
        ("curl/8.5.0", "script"),
        ("python-requests/2.32.3", "script"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", BROWSER),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", BROWSER),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", BROWSER),
        ("", ""),
        ("Kerstin's own calendar 1.0", ""),
        ("x" * 10_000 + "Thunderbird", ""),
    ],
)
def test_recognise_names_the_kind_of_program(agent, slug):
    assert recognise(agent) == slug


def test_every_kind_of_program_has_a_name_that_fits_its_column_and_says_how_often_it_looks():
    assert len(BY_SLUG) == len(CLIENTS)
    assert [client.slug for client in CLIENTS if len(client.slug) > 20 or not client.refresh] == []
    assert [slug for slug in TOLD if slug not in BY_SLUG] == []


def test_kind_of_program_is_found_by_its_name_of_earlier_releases():
    assert find_client("Android") is find_client("ICSx5") is BY_SLUG["ICSx5"]
    assert find_client("") is None
