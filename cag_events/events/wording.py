"""Words for what events are like: their status, how one takes part, what people do at them."""

from cag_events.domain.errors import N_
from cag_events.domain.event import Mode

STATUS_WORDS = {
    "draft": N_("Draft"),
    "published": N_("Published"),
    "postponed": N_("Postponed"),
    "cancelled": N_("Cancelled"),
    "held": N_("Over"),
    "ongoing": N_("Ongoing"),
}
MODE_WORDS = {Mode.ONSITE: N_("On site"), Mode.ONLINE: N_("Online"), Mode.HYBRID: N_("On site and online")}
ROLE_WORDS = {
    "speaker": N_("Speaker"),
    "moderator": N_("Moderator"),
    "panelist": N_("Panellist"),
    "facilitator": N_("Facilitator"),
    "leader": N_("Leader"),
    "host": N_("Host"),
    "chair": N_("Chair"),
    "witness": N_("Witness"),
    "guest": N_("Guest"),
    "artist": N_("Artist"),
    "curator": N_("Curator"),
    "filmmaker": N_("Film-maker"),
    "game_master": N_("Game master"),
    "interpreter": N_("Interpreter"),
    "observer": N_("Observer"),
    "coordinator": N_("Coordinator"),
}
