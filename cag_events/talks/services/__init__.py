"""What the talks room does: questions in advance, head counts, ways into the online room, recordings, reports."""

from cag_events.door.services.heads import Step
from cag_events.talks.services.films import report_audience, take_report_back
from cag_events.talks.services.heads import count_heads, count_heads_by_link, set_heads
from cag_events.talks.services.joining import click, keep_dial_in
from cag_events.talks.services.questions import NewQuestion, ask, sort_question, sort_question_by_link
from cag_events.talks.services.recordings import RecordingFields, save_recording, withdraw_recording, write_consent
from cag_events.talks.services.terms import TermsFields, delete_terms, save_terms

__all__ = [
    "NewQuestion",
    "RecordingFields",
    "Step",
    "TermsFields",
    "ask",
    "click",
    "count_heads",
    "count_heads_by_link",
    "delete_terms",
    "keep_dial_in",
    "report_audience",
    "save_recording",
    "save_terms",
    "set_heads",
    "sort_question",
    "sort_question_by_link",
    "take_report_back",
    "withdraw_recording",
    "write_consent",
]
