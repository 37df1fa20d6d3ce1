"""Accounts: invitations, passwords, and who is signed in on which device.

Secrets of links and cookies are random, and only their hashes are kept; passwords are kept as argon2id strings
(RFC 9106). Too many failures from one address or for one account close the door for a while.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kinechain.errors import (
    ApiKeyInvalid,
    EmailTaken,
    InvitationInvalid,
    PasswordTooShort,
    RecordMissing,
    SignInFailed,
    TooManyTries,
)
from kinechain.store.tables import ApiToken, Client, FailedSignIn, Invitation, Organisation, SignIn, User, now

#: How long one stays signed in, and how long a link to make an account holds.
SIGNED_IN_FOR, INVITED_FOR = timedelta(days=14), timedelta(days=7)
#: Failures within the time after which an account, or an address of the network, has to wait.
FAILURES_WITHIN, FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS = timedelta(minutes=15), 6, 40
#: NIST SP 800-63B, 3.1.1.2: length counts, not composition.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200

_hasher = PasswordHasher()
_NO_ACCOUNT = _hasher.hash(secrets.token_hex())


@dataclass(frozen=True)
class NewAccount:
    """What a person types to make their account; `studio` names the studio where the link makes one."""

    name: str
    email: str
    password: str
    language: str
    studio: str = ""


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def first_invitation(session: Session) -> str | None:
    """Return the secret of the link that makes the first trainer and studio; None once there is somebody.

    An earlier first link that was not used stops working.
    """
    if session.scalar(select(func.count()).select_from(User)):
        return None
    session.execute(delete(Invitation).where(Invitation.organisation_id.is_(None)))
    return _invite(session, Invitation(role="trainer"))


def invite_trainer(session: Session, by: User) -> str:
    """Return the secret of a link that makes another trainer of the same studio."""
    return _invite(session, Invitation(role="trainer", organisation_id=by.organisation_id, invited_by=by.id))


def invite_client(session: Session, by: User, client: Client) -> str:
    """Return the secret of a link that makes a client's own account; earlier links stop working.

    Raises
    ------
    InvitationInvalid
        Where the client has an account.
    """
    if client.user_id is not None:
        raise InvitationInvalid
    session.execute(delete(Invitation).where(Invitation.client_id == client.id))
    return _invite(
        session,
        Invitation(role="client", organisation_id=client.organisation_id, client_id=client.id, invited_by=by.id),
    )


def invitation(session: Session, secret: str) -> Invitation:
    """Return the invitation that a link opens; InvitationInvalid where it is used, expired or none."""
    found = session.scalar(select(Invitation).where(Invitation.secret_sha256 == digest(secret)).with_for_update())
    if found is None or found.taken_at is not None or found.expires_at < now():
        raise InvitationInvalid
    return found


def take_invitation(session: Session, secret: str, account: NewAccount) -> User:
    """Make the account that an invitation is for, and where it says so the studio.

    Raises
    ------
    InvitationInvalid, PasswordTooShort, EmailTaken
    """
    found = invitation(session, secret)
    if not SHORTEST_PASSWORD <= len(account.password) <= LONGEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    organisation_id = found.organisation_id or _new_studio(session, account.studio)
    user = User(
        organisation_id=organisation_id,
        role=found.role,
        email=_email(account.email),
        name=account.name,
        language=account.language,
        password_hash=_hasher.hash(account.password),
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise EmailTaken from error
    found.taken_at = now()
    if found.client_id is not None:
        session.get_one(Client, found.client_id).user_id = user.id
    return user


def sign_in(session: Session, email: str, password: str, address: str) -> User:
    """Return whose e-mail address and password these are.

    What takes time takes it for an unknown address as well, so that nobody can find out who has an account.

    Raises
    ------
    TooManyTries
        Checked before the password: a right one does not help either.
    SignInFailed
        The caller must keep what was counted: `count_failure` in a transaction of its own.
    """
    if _failures(session, "email", email) >= FAILURES_OF_ACCOUNT or (
        _failures(session, "address", address) >= FAILURES_OF_ADDRESS
    ):
        raise TooManyTries(minutes=round(FAILURES_WITHIN.total_seconds() / 60))
    user = session.scalar(select(User).where(User.email == _email(email)))
    kept = _NO_ACCOUNT if user is None or user.password_hash is None else user.password_hash
    right = _is_right(kept, password)
    if user is None or user.disabled_at is not None or not right:
        raise SignInFailed
    if _hasher.check_needs_rehash(kept):
        user.password_hash = _hasher.hash(password)
    return user


def count_failure(session: Session, email: str, address: str) -> None:
    """Count a failed sign-in against the account and the address; what is too old to count is dropped."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.made_at < now() - FAILURES_WITHIN))
    session.add_all([FailedSignIn(origin=_origin("email", email)), FailedSignIn(origin=_origin("address", address))])


def begin(session: Session, user: User) -> tuple[str, SignIn]:
    """Sign a person in on a device: a new secret each time, so that nobody can set it beforehand."""
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        user_id=user.id,
        secret_sha256=digest(secret),
        form_key=secrets.token_urlsafe(32),
        expires_at=now() + SIGNED_IN_FOR,
    )
    session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    session.add(row)
    return secret, row


def signed_in(session: Session, secret: str) -> tuple[User, SignIn] | None:
    """Return who is signed in with a cookie's secret, None where nobody is."""
    found = session.execute(
        select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.secret_sha256 == digest(secret), SignIn.expires_at > now(), User.disabled_at.is_(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def end(session: Session, secret: str) -> None:
    """Sign out on one device."""
    session.execute(delete(SignIn).where(SignIn.secret_sha256 == digest(secret)))


def change_password(session: Session, user: User, old: str, new: str) -> None:
    """Set another password and sign the person out everywhere.

    Raises
    ------
    SignInFailed
        Where the old one is wrong.
    PasswordTooShort
    """
    if user.password_hash is None or not _is_right(user.password_hash, old):
        raise SignInFailed
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    user.password_hash = _hasher.hash(new)
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def new_api_token(session: Session, user: User, label: str, days: int | None) -> str:
    """Return a key to the programming interface; it is shown once."""
    secret = "kc_" + secrets.token_urlsafe(32)
    expires_at = None if days is None else now() + timedelta(days=days)
    session.add(ApiToken(user_id=user.id, label=label, secret_sha256=digest(secret), expires_at=expires_at))
    return secret


def api_tokens(session: Session, user: User) -> Sequence[ApiToken]:
    """Return the keys of a person that were not revoked."""
    held = select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    return session.scalars(held.order_by(ApiToken.made_at)).all()


def enter_with_token(session: Session, secret: str, address: str) -> User:
    """Return whose key this is.

    Raises
    ------
    TooManyTries
        Checked before the key: a right one does not help either.
    ApiKeyInvalid
        The caller must keep what was counted: `count_wrong_token` in a transaction of its own.
    """
    if _failures(session, "token", address) >= FAILURES_OF_ADDRESS:
        raise TooManyTries(minutes=round(FAILURES_WITHIN.total_seconds() / 60))
    user = of_api_token(session, secret)
    if user is None:
        raise ApiKeyInvalid
    return user


def count_wrong_token(session: Session, address: str) -> None:
    """Count a wrong key against the address, apart from sign-ins: a broken program does not lock people out."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.made_at < now() - FAILURES_WITHIN))
    session.add(FailedSignIn(origin=_origin("token", address)))


def of_api_token(session: Session, secret: str) -> User | None:
    """Return whose key this is, None where it is revoked, expired or nobody's."""
    return session.scalar(
        select(User)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(
            ApiToken.secret_sha256 == digest(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now()),
            User.disabled_at.is_(None),
        )
    )


def revoke_api_token(session: Session, user: User, token_id: UUID) -> None:
    """Make a key of this person useless; RecordMissing where there is none."""
    token = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user.id))
    if token is None:
        raise RecordMissing
    token.revoked_at = now()


def _invite(session: Session, row: Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    row.secret_sha256, row.expires_at = digest(secret), now() + INVITED_FOR
    session.add(row)
    return secret


def _new_studio(session: Session, name: str) -> UUID:
    studio = Organisation(name=name)
    session.add(studio)
    session.flush()
    return studio.id


def _email(typed: str) -> str:
    return typed.strip().casefold()


def _is_right(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _origin(kind: str, value: str) -> str:
    return digest(f"{kind}:{_email(value)}")


def _failures(session: Session, kind: str, value: str) -> int:
    counted = (FailedSignIn.origin == _origin(kind, value)) & (FailedSignIn.made_at > now() - FAILURES_WITHIN)
    return session.scalar(select(func.count()).select_from(FailedSignIn).where(counted)) or 0
