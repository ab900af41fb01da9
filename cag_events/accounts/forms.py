"""Forms of accounts: signing in, passwords, invitations."""

from cag_events.accounts.services import NewAccount
from cag_events.domain.errors import N_
from cag_events.permissions import Role
from cag_events.web.forms import (
    EMAIL,
    BooleanField,
    Email,
    EmailField,
    Form,
    Length,
    PasswordField,
    RadioField,
    Required,
    SelectField,
    StringField,
)

LANGUAGES = [("sv", "Svenska"), ("en", "English")]
ROLES = {
    Role.ADMIN: N_("Administrator: everything, accounts and settings too"),
    Role.ORGANIZER: N_("Organizer: plans, publishes, sees who comes"),
    Role.EDITOR: N_("Editor: writes events, does not publish, sees no names"),
    Role.REPORTER: N_("Reporter: counts and reports, no names"),
    Role.CHECKIN: N_("Check-in: helps at the door, sees no lists here"),
    Role.MEMBER: N_("Member: members' programme and own calendar feeds"),
}
_NEW = {"autocomplete": "new-password", "minlength": "12", "maxlength": "256"}
_OLD = {"autocomplete": "current-password", "maxlength": "256"}
_MAIL = {"autocomplete": "username", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}


class LoginForm(Form):
    """Who you are."""

    email = EmailField(N_("E-mail"), [Required(N_("Enter your e-mail address.")), Length(max=EMAIL)], render_kw=_MAIL)
    password = PasswordField(N_("Password"), [Required(N_("Enter your password."))], render_kw=_OLD)


class ForgotForm(Form):
    """Which account's password is to be chosen anew."""

    email = EmailField(N_("E-mail"), [Required(N_("Enter your e-mail address.")), Email()], render_kw=_MAIL)


class NewPasswordForm(Form):
    """A new password, for who came by a one-time link."""

    password = PasswordField(
        N_("New password"),
        [Required(N_("Choose a password."))],
        description=N_("At least 12 characters. Three or four words that do not belong together are good."),
        render_kw=_NEW,
    )


class ConfirmForm(Form):
    """The password once more, before something that matters."""

    password = PasswordField(N_("Password"), [Required(N_("Enter your password."))], render_kw=_OLD)


class ChangePasswordForm(NewPasswordForm):
    """Another password for one's own account."""

    old = PasswordField(N_("Present password"), [Required(N_("Enter your password."))], render_kw=_OLD)


class LanguageForm(Form):
    """The language of one's mails."""

    language = RadioField(N_("Language of mails"), choices=LANGUAGES)


class _AccountForm(Form):
    name = StringField(N_("Name"), [Required(N_("Enter a name.")), Length(max=200)], render_kw={"autocomplete": "off"})
    role = RadioField(N_("Role"), [Required(N_("Choose a role."))])

    def offer(self, roles: tuple[Role, ...]) -> None:
        """Offer these roles and no others."""
        self.role.choices = [(role.value, self.role.gettext(ROLES[role])) for role in roles]


class InviteForm(_AccountForm):
    """Somebody who gets an account."""

    email = EmailField(
        N_("E-mail"), [Required(N_("Enter an e-mail address.")), Email()], render_kw={**_MAIL, "autocomplete": "off"}
    )
    language = SelectField(N_("Language of mails"), choices=LANGUAGES)

    def read(self) -> NewAccount:
        """Return what was typed."""
        return NewAccount(
            email=self.email.data or "",
            name=self.name.data or "",
            role=Role(self.role.data),
            language=self.language.data,
        )


class EditAccountForm(_AccountForm):
    """An account that somebody else looks after."""

    is_disabled = BooleanField(N_("Disabled: cannot sign in"))
