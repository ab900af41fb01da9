"""One table: fact → what follows. All side effects on one page.

AT_ONCE runs within the transaction that notes the fact; LATER is done by the worker, at least once.
"""

from flask import Flask

from cag_events.accounts import mail as accounts_mail
from cag_events.audit import following as audit
from cag_events.conferences import mail as conferences_mail
from cag_events.conferences import services as conferences
from cag_events.events import following, search
from cag_events.feeds import entries, raising
from cag_events.feeds.services import revoke_all, touch_all
from cag_events.hearings import mail as hearings_mail
from cag_events.hearings import services as hearings
from cag_events.messages.mail import clocks, coming, notices, reminders, written
from cag_events.messages.services import holding
from cag_events.outbox import facts
from cag_events.outbox.facts import Reactions, slow
from cag_events.registrations import mail
from cag_events.registrations.services import promote_changed, promote_waiting
from cag_events.registrations.services.clocks import tell_again
from cag_events.registrations.services.groups import fit_members
from cag_events.registrations.services.invitations import fit_expiry
from cag_events.roleplays import mail as roleplays_mail
from cag_events.roleplays import services as roleplays
from cag_events.workshops import mail as workshops_mail

AT_ONCE: Reactions = {
    "event.changed": (search.index, entries.refresh, promote_changed, fit_expiry, conferences.event_changed),
    "event.published": (conferences.event_published, holding.heed),
    "event.moved": (holding.heed,),
    "event.clocks_changed": (raising.raise_moved, tell_again, holding.heed),
    "event.postponed": (holding.heed,),
    "event.cancelled": (holding.heed,),
    "event.withdrawn": (holding.heed,),
    "event.restored": (holding.heed,),
    "venue.changed": (holding.heed_venue,),
    "contact.changed": (following.contact_changed,),
    "partner.changed": (following.partner_changed,),
    "segment.changed": (following.segment_changed,),
    "seats.freed": (promote_waiting,),
    "registration.changed": (fit_members, conferences.settle_registration, roleplays.fit_seats),
    "registration.passed_on": (conferences.settle_registration, hearings.leave, roleplays.fit_seats),
    "registration.withdrawn": (conferences.settle_registration, hearings.leave, roleplays.fit_seats),
    "registration.declined": (conferences.settle_registration, hearings.leave, roleplays.fit_seats),
    "registration.restored": (conferences.settle_registration,),
    "registration.promoted": (conferences.settle_registration,),
    "registration.accepted": (conferences.settle_registration,),
    "registration.offer_declined": (conferences.settle_registration, hearings.leave, roleplays.fit_seats),
    "registration.approved": (conferences.settle_registration,),
    "account.made": (audit.account_made,),
    "account.changed": (audit.account_changed,),
    "account.turned": (audit.account_turned,),
    "account.disabled": (revoke_all,),
    "account.language_changed": (touch_all,),
}
LATER: Reactions = {
    "registration.made": (mail.made,),
    "registration.again": (mail.link_again,),
    "registration.link_asked": (mail.link_asked,),
    "registration.changed": (mail.changed,),
    "registration.withdrawn": (mail.withdrawn,),
    "registration.restored": (mail.restored,),
    "registration.promoted": (mail.promoted,),
    "registration.offered": (mail.offered,),
    "registration.accepted": (mail.accepted,),
    "registration.offer_declined": (mail.offer_declined,),
    "registration.lapsed": (mail.lapsed,),
    "registration.moved": (mail.moved,),
    "registration.approved": (mail.approved,),
    "registration.declined": (mail.declined,),
    "registration.invited": (mail.invited,),
    "registration.invitation_reminded": (mail.invitation_reminded,),
    "registration.invitation_substituted": (mail.invitation_substituted,),
    "registration.answered_for": (mail.answered_for,),
    "registration.helper_added": (mail.helper_added,),
    "registration.seat_offered": (mail.seat_offered,),
    "registration.seat_declined": (mail.seat_declined,),
    "registration.passing_refused": (mail.passing_refused,),
    "registration.passed_on": (mail.passed_on,),
    "speaking.decided": (hearings_mail.speaking_decided,),
    "submission.made": (hearings_mail.submission_made,),
    "submission.cleared": (hearings_mail.submission_cleared,),
    "registration.event_moved": (notices.moved,),
    "registration.event_clocks": (notices.clocks,),
    "registration.event_postponed": (notices.postponed,),
    "registration.event_cancelled": (notices.cancelled,),
    "registration.event_withdrawn": (notices.withdrawn,),
    "registration.event_reopened": (notices.reopened,),
    "registration.written_to": (written.written_to,),
    "registration.reminded": (reminders.reminded,),
    "registration.thanked": (reminders.thanked,),
    "clocks.changed": (clocks.changed,),
    "conference.programme_published": (conferences_mail.programme_published,),
    "conference.items_changed": (conferences_mail.items_changed,),
    "conference.item_promoted": (conferences_mail.item_promoted,),
    "account.invited": (accounts_mail.invited,),
    "account.reset_asked": (accounts_mail.reset_asked,),
    "roleplay.allocation_asked": (slow(roleplays.carry_out),),
    "roleplay.role_given": (roleplays_mail.role_given,),
    "workshop.takes_place": (workshops_mail.takes_place,),
    "workshop.decision_due": (workshops_mail.decision_due,),
    "attendance.asked": (coming.asked,),
}


def init_app(app: Flask) -> None:
    """Give the application its reactions."""
    facts.init_app(app, AT_ONCE, LATER)
