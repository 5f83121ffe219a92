# Written by `luge types`; changes are lost when it is written again.
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Point(TypedDict):
    lon: float
    lat: float


# A record of `people`.
#
# - list: everyone
# - view: everyone
# - create: superusers only
# - update: superusers only
# - delete: superusers only
class PeopleRecord(TypedDict):
    collectionId: str
    collectionName: Literal["people"]
    # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    id: str
    # As people call them. * / #
    # at most 100 characters
    name: str
    # an e-mail address
    email: NotRequired[str]
    emailVisibility: bool
    verified: bool


# What creates a record of `people`.
PeopleCreate = TypedDict(
    "PeopleCreate",
    {
        # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
        "id": "NotRequired[str]",
        "id:autogenerate": "NotRequired[str]",
        # As people call them. * / #
        # at most 100 characters
        "name": "NotRequired[str]",
        # at least 8 characters; at most 71 characters
        "password": "str",
        # an e-mail address
        "email": "str",
        "emailVisibility": "NotRequired[bool]",
        "verified": "NotRequired[bool]",
        "passwordConfirm": "str",
    },
)


# What changes a record of `people`; what is left out stays.
class PeopleUpdate(TypedDict):
    # As people call them. * / #
    # at most 100 characters
    name: NotRequired[str]
    # at least 8 characters; at most 71 characters
    password: NotRequired[str]
    # an e-mail address
    email: NotRequired[str]
    emailVisibility: NotRequired[bool]
    verified: NotRequired[bool]
    passwordConfirm: NotRequired[str]
    oldPassword: NotRequired[str]


KindsState = Literal["draft", "live", "a \"b\" 'c' $d \\"]


KindsColours = Literal["red", "Red", "дом", "1", "\U00002028", "\U0001f642"]


# A record of `kinds`.
#
# - list: `owners.id ?= @request.auth.id`
# - view: superusers only
# - create: superusers only
# - update: superusers only
# - delete: superusers only
KindsRecord = TypedDict(
    "KindsRecord",
    {
        "collectionId": "str",
        "collectionName": "Literal[\"kinds\"]",
        # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
        "id": "str",
        # at least 3 characters; matches ^[a-z ]+$
        "title": "str",
        "slug": "str",
        # HTML
        "body": "str",
        # at least 5; at most 9.5
        "amount": "float",
        # a whole number
        "exact": "float",
        "done": "bool",
        # an e-mail address; of example.com
        "address": "str",
        # a URL
        "home": "str",
        # not before 2020-01-01 00:00:00.000Z
        "at": "str",
        "created": "str",
        "state": "KindsState | Literal[\"\"]",
        # at most 3
        "colours": "list[KindsColours]",
        # name of a file; image/png
        "cover": "str",
        # name of a file; at most 1000 bytes; at most 5
        "papers": "list[str]",
        # id of a record of people; at least 2; at most 9
        "owners": "list[str]",
        # id of a record of kinds
        "parent": "str",
        "data": "Any",
        "place": "Point",
        # always empty
        "code": "str",
        "type": "str",
        "2nd": "str",
    },
)


# What creates a record of `kinds`.
KindsCreate = TypedDict(
    "KindsCreate",
    {
        # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
        "id": "NotRequired[str]",
        "id:autogenerate": "NotRequired[str]",
        # at least 3 characters; matches ^[a-z ]+$
        "title": "str",
        "slug": "NotRequired[str]",
        "slug:autogenerate": "NotRequired[str]",
        # HTML
        "body": "NotRequired[str]",
        # at least 5; at most 9.5
        "amount": "NotRequired[float]",
        "amount+": "NotRequired[float]",
        "amount-": "NotRequired[float]",
        # a whole number
        "exact": "float",
        "exact+": "NotRequired[float]",
        "exact-": "NotRequired[float]",
        "done": "NotRequired[bool]",
        # an e-mail address; of example.com
        "address": "NotRequired[str]",
        # a URL
        "home": "NotRequired[str]",
        # not before 2020-01-01 00:00:00.000Z
        "at": "NotRequired[str]",
        "state": "NotRequired[KindsState | Literal[\"\"]]",
        "state+": "NotRequired[KindsState]",
        "+state": "NotRequired[KindsState]",
        "state-": "NotRequired[KindsState]",
        # at most 3
        "colours": "list[KindsColours]",
        "colours+": "NotRequired[KindsColours | list[KindsColours]]",
        "+colours": "NotRequired[KindsColours | list[KindsColours]]",
        "colours-": "NotRequired[KindsColours | list[KindsColours]]",
        # name of a file; image/png
        "cover": "NotRequired[str]",
        "cover+": "NotRequired[str]",
        "+cover": "NotRequired[str]",
        "cover-": "NotRequired[str]",
        # name of a file; at most 1000 bytes; at most 5
        "papers": "NotRequired[list[str]]",
        "papers+": "NotRequired[str | list[str]]",
        "+papers": "NotRequired[str | list[str]]",
        "papers-": "NotRequired[str | list[str]]",
        # id of a record of people; at least 2; at most 9
        "owners": "NotRequired[list[str]]",
        "owners+": "NotRequired[str | list[str]]",
        "+owners": "NotRequired[str | list[str]]",
        "owners-": "NotRequired[str | list[str]]",
        # id of a record of kinds
        "parent": "NotRequired[str]",
        "parent+": "NotRequired[str]",
        "+parent": "NotRequired[str]",
        "parent-": "NotRequired[str]",
        "data": "NotRequired[Any]",
        "place": "NotRequired[Point]",
        # at least 8 characters; at most 71 characters
        "code": "NotRequired[str]",
        "type": "NotRequired[str]",
        "2nd": "NotRequired[str]",
    },
)


# What changes a record of `kinds`; what is left out stays.
KindsUpdate = TypedDict(
    "KindsUpdate",
    {
        # at least 3 characters; matches ^[a-z ]+$
        "title": "NotRequired[str]",
        "slug": "NotRequired[str]",
        "slug:autogenerate": "NotRequired[str]",
        # HTML
        "body": "NotRequired[str]",
        # at least 5; at most 9.5
        "amount": "NotRequired[float]",
        "amount+": "NotRequired[float]",
        "amount-": "NotRequired[float]",
        # a whole number
        "exact": "NotRequired[float]",
        "exact+": "NotRequired[float]",
        "exact-": "NotRequired[float]",
        "done": "NotRequired[bool]",
        # an e-mail address; of example.com
        "address": "NotRequired[str]",
        # a URL
        "home": "NotRequired[str]",
        # not before 2020-01-01 00:00:00.000Z
        "at": "NotRequired[str]",
        "state": "NotRequired[KindsState | Literal[\"\"]]",
        "state+": "NotRequired[KindsState]",
        "+state": "NotRequired[KindsState]",
        "state-": "NotRequired[KindsState]",
        # at most 3
        "colours": "NotRequired[list[KindsColours]]",
        "colours+": "NotRequired[KindsColours | list[KindsColours]]",
        "+colours": "NotRequired[KindsColours | list[KindsColours]]",
        "colours-": "NotRequired[KindsColours | list[KindsColours]]",
        # name of a file; image/png
        "cover": "NotRequired[str]",
        "cover+": "NotRequired[str]",
        "+cover": "NotRequired[str]",
        "cover-": "NotRequired[str]",
        # name of a file; at most 1000 bytes; at most 5
        "papers": "NotRequired[list[str]]",
        "papers+": "NotRequired[str | list[str]]",
        "+papers": "NotRequired[str | list[str]]",
        "papers-": "NotRequired[str | list[str]]",
        # id of a record of people; at least 2; at most 9
        "owners": "NotRequired[list[str]]",
        "owners+": "NotRequired[str | list[str]]",
        "+owners": "NotRequired[str | list[str]]",
        "owners-": "NotRequired[str | list[str]]",
        # id of a record of kinds
        "parent": "NotRequired[str]",
        "parent+": "NotRequired[str]",
        "+parent": "NotRequired[str]",
        "parent-": "NotRequired[str]",
        "data": "NotRequired[Any]",
        "place": "NotRequired[Point]",
        # at least 8 characters; at most 71 characters
        "code": "NotRequired[str]",
        "type": "NotRequired[str]",
        "2nd": "NotRequired[str]",
    },
)


# A record of `my_kinds`.
#
# - list: superusers only
# - view: superusers only
# - create: superusers only
# - update: superusers only
# - delete: superusers only
class MyKindsRecord(TypedDict):
    collectionId: str
    collectionName: Literal["my_kinds"]
    # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    id: str
    # id of a record of kinds
    kind: str


# What creates a record of `my_kinds`.
MyKindsCreate = TypedDict(
    "MyKindsCreate",
    {
        # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
        "id": "NotRequired[str]",
        "id:autogenerate": "NotRequired[str]",
        # id of a record of kinds
        "kind": "str",
        "kind+": "NotRequired[str]",
        "+kind": "NotRequired[str]",
        "kind-": "NotRequired[str]",
    },
)


# What changes a record of `my_kinds`; what is left out stays.
MyKindsUpdate = TypedDict(
    "MyKindsUpdate",
    {
        # id of a record of kinds
        "kind": "NotRequired[str]",
        "kind+": "NotRequired[str]",
        "+kind": "NotRequired[str]",
        "kind-": "NotRequired[str]",
    },
)


Collection2024Record2 = Literal["self", "Self", "class"]


# A record of `_2024`.
#
# - list: superusers only
# - view: superusers only
# - create: superusers only
# - update: superusers only
# - delete: superusers only
class Collection2024Record(TypedDict):
    collectionId: str
    collectionName: Literal["_2024"]
    # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    id: str
    record: Collection2024Record2 | Literal[""]
    self: bool


# What creates a record of `_2024`.
Collection2024Create = TypedDict(
    "Collection2024Create",
    {
        # at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
        "id": "NotRequired[str]",
        "id:autogenerate": "NotRequired[str]",
        "record": "NotRequired[Collection2024Record2 | Literal[\"\"]]",
        "record+": "NotRequired[Collection2024Record2]",
        "+record": "NotRequired[Collection2024Record2]",
        "record-": "NotRequired[Collection2024Record2]",
        "self": "NotRequired[bool]",
    },
)


# What changes a record of `_2024`; what is left out stays.
Collection2024Update = TypedDict(
    "Collection2024Update",
    {
        "record": "NotRequired[Collection2024Record2 | Literal[\"\"]]",
        "record+": "NotRequired[Collection2024Record2]",
        "+record": "NotRequired[Collection2024Record2]",
        "record-": "NotRequired[Collection2024Record2]",
        "self": "NotRequired[bool]",
    },
)
