"""What a client's file is sent and answered in."""

from marshmallow import fields, validate

from clients.client_field import KINDS
from web.api.fields import WORDS, Body, Day, Page, Paged, Text, Whole

WHICH = ("", "archived", "blocked")
CUSTOM = "The house's own fields, by the identifiers that GET /client-fields gives; null takes a value away."
FIELD_NAMES = "Fields whose words come from the duplicate; those that are empty in the file kept, when left out."


class ChangeClient(Body):
    title = Text(40)
    first_name = Text()
    last_name = Text()
    phone = Text(40, metadata={"description": "In any writing; kept as E.164."})
    email = Text()
    birth_on = Day(allow_none=True)
    address = Text()
    postcode = Text(20)
    town = Text()
    remarks = Text(WORDS)
    number = Text(80, metadata={"description": "Your own number for this client."})
    custom = fields.Dict(keys=fields.String(), metadata={"description": CUSTOM})


class CreateClient(ChangeClient):
    id = fields.UUID()


class ClientBody(CreateClient):
    version = fields.Integer()
    written_at = fields.AwareDateTime(metadata={"description": "When these words were written."})
    zone = fields.String()
    is_archived = fields.Boolean()
    is_blocked = fields.Boolean(metadata={"description": "Books through the house only."})


class AskedClients(Page):
    words = Text(load_default="", metadata={"description": "Any part of a name, a phone, an e-mail."})
    kind = fields.String(
        load_default="", validate=validate.OneOf(WHICH), metadata={"description": "Those in use when left out."}
    )


class Clients(Body):
    items = fields.List(fields.Nested(ClientBody))
    next = fields.String(allow_none=True)


class NoteBody(Body):
    id = fields.UUID()
    words = fields.String()
    is_pinned = fields.Boolean()
    by = fields.String()
    at = fields.AwareDateTime()
    edited_by = fields.String()
    edited_at = fields.AwareDateTime(allow_none=True)
    zone = fields.String()


class ClientFileBody(ClientBody):
    notes = fields.List(fields.Nested(NoteBody))
    duplicates = fields.List(fields.Nested(ClientBody), metadata={"description": "Files merged into this one."})
    block_reason = fields.String()
    blocked_at = fields.AwareDateTime(allow_none=True)


class AddNote(Body):
    id = fields.UUID()
    words = Text(WORDS, required=True)
    is_pinned = fields.Boolean(load_default=False)


class ChangeNote(Body):
    words = Text(WORDS, least=1)
    is_pinned = fields.Boolean()


class ReasonBody(Body):
    reason = Text(WORDS, load_default="")


class AskedDuplicates(Body):
    first_name = Text()
    last_name = Text()
    phone = Text(40)
    email = Text()
    birth_on = Day()


class DuplicateBody(Body):
    client = fields.Nested(ClientBody)
    shared = fields.List(fields.String(), metadata={"description": "What tells so: phone, email, name, birth_on."})


class Duplicates(Body):
    items = fields.List(fields.Nested(DuplicateBody))


class PairBody(Body):
    one = fields.Nested(ClientBody)
    other = fields.Nested(ClientBody)
    shared = fields.List(fields.String())


class Pairs(Body):
    items = fields.List(fields.Nested(PairBody))


class Merge(Body):
    duplicate_id = fields.UUID(required=True)
    fields_taken = fields.List(
        Text(100), load_default=None, allow_none=True, metadata={"description": FIELD_NAMES}
    )


class Other(Body):
    other_id = fields.UUID(required=True)


class ChangeBody(Body):
    field = fields.String()
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)


class VersionBody(Body):
    number = fields.Integer()
    at = fields.AwareDateTime()
    zone = fields.String()
    by = fields.String()
    on_behalf_of = fields.String()
    origin = fields.String()
    command_id = fields.UUID()
    changes = fields.List(fields.Nested(ChangeBody))
    is_current = fields.Boolean()
    is_erased = fields.Boolean()


class Versions(Body):
    items = fields.List(fields.Nested(VersionBody))


class RestoreVersion(Body):
    number = Whole(1, required=True)


class ChangeField(Body):
    label = Text(100, least=1)
    choices = fields.List(Text(100, required=True), validate=validate.Length(max=100))
    is_required = fields.Boolean()
    rank = Whole(0, 10_000)


class AddField(ChangeField):
    id = fields.UUID()
    label = Text(100, required=True)
    kind = fields.String(load_default="text", validate=validate.OneOf(KINDS))


class FieldBody(AddField):
    version = fields.Integer()
    is_active = fields.Boolean(metadata={"description": "False once retired; what was written stays on the files."})


class Fields(Paged):
    items = fields.List(fields.Nested(FieldBody))
