"""Bugs that others have had, each as one change of our source, with the test that catches it."""

from typing import NamedTuple


class Bug(NamedTuple):
    """`old` stands exactly once in the file (below src) and becomes `new`; then `test` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str


LOG, BOOKING = "tests/integration/test_log.py", "tests/integration/test_booking.py"
WALL, ROLES = "tests/integration/test_wall.py", "tests/integration/test_wall_roles.py"
MATRIX, DEEDS = "tests/integration/test_matrix.py", "tests/integration/test_matrix_commands.py"
SIGHT, TEAM = "tests/integration/test_sight.py", "tests/integration/test_team.py"
AS_SAID = f"{MATRIX}::test_every_route_lets_in_whom_the_table_says"
BEFORE_ALL = f"{MATRIX}::test_whoever_asks_enters_where_the_table_lets_them_and_nowhere_else"
UNSEEN = f"{SIGHT}::test_nothing_of_a_column_out_of_sight_is_in_any_answer"
UNTOLD = f"{SIGHT}::test_no_answer_tells_contacts_or_notes_to_whoever_sees_names_only"
OWN = "TO carnet_app USING (organisation_id = organisation()) WITH CHECK (organisation_id = organisation())"
BUGS = (
    Bug(
        "a reader that trusts the highest number it sees",
        "kernel/tail.py",
        "        while writing and db.execute(STILL_WRITING, (writing,), prepare=True).fetchone():",
        "        while False:",
        f"{LOG}::test_the_horizon_waits_for_a_writer_that_has_its_number_and_has_not_committed",
    ),
    Bug(
        "no constraint against two at one time",
        "migrations/0001_log.sql",
        "    ) WHERE (seat > 0)",
        "    ) WHERE (seat > 1000)",
        f"{LOG}::test_the_constraint_alone_refuses_what_slips_past_the_rules",
    ),
    Bug(
        "no lock on the resources while rules are looked at",
        "migrations/0001_log.sql",
        "    PERFORM pg_advisory_xact_lock(key) FROM unnest(keys) key;",
        "    PERFORM key FROM unnest(keys) key;",
        f"{LOG}::test_one_of_many_takes_the_last_place_of_each_day",
    ),
    Bug(
        "the organisation stays on the connection after the transaction",
        "kernel/database.py",
        "SET LOCAL carnet.organisation = ",
        "SET carnet.organisation = ",
        f"{LOG}::test_nothing_of_a_transaction_stays_on_its_connection",
    ),
    Bug(
        "a retry without its key",
        "kernel/store.py",
        "        remember(log, by, asked)",
        "        pass",
        "tests/faults/test_kills.py::test_a_web_process_killed_at_any_step_of_a_booking",
    ),
    Bug(
        "the key remembered in a transaction of its own",
        "kernel/store.py",
        "        remember(log, by, asked)\n",
        "        with store.log(by) as other:\n            remember(other, by, asked)\n",
        "tests/faults/test_kills.py::test_a_web_process_killed_at_any_step_of_a_booking",
    ),
    Bug(
        "any body accepted under a known key",
        "kernel/store.py",
        "    if known and known[0] != asked:",
        "    if False:",
        f"{BOOKING}::test_the_same_key_with_another_body_is_refused",
    ),
    Bug(
        "versions of a stream overwritten in silence",
        "kernel/store.py",
        "        if seen and seen[0] == id and seen[1] != version:",
        "        if False:",
        "tests/api/test_api_appointments.py::test_who_saw_an_older_version_changes_nothing",
    ),
    Bug(
        "a rule that runs again on replay",
        "booking/appointment.py",
        "        self.status = STATUS_AFTER.get(type(event), self.status)\n",
        "        self.status = STATUS_AFTER.get(type(event), self.status)\n"
        "        if self.status == 'missed' and event.at < self.starts_at:\n"
        "            raise NotOver(starts_at=self.starts_at)\n",
        "tests/unit/test_appointment.py::test_what_was_decided_once_is_not_decided_again",
    ),
    Bug(
        "the terms of today read for a promise of yesterday",
        "booking/appointment.py",
        "timedelta(minutes=self.terms.notice_minutes)",
        "timedelta(minutes=0)",
        f"{BOOKING}::test_terms_are_copied_at_booking_and_stay",
    ),
    Bug(
        "an expired hold that still holds",
        "agenda/timetable.py",
        "if (row.expires_at is None or not row.is_over(now)) and row.id not in without",
        "if row.id not in without",
        f"{BOOKING}::test_an_expired_hold_is_no_hold",
    ),
    Bug(
        "days counted in UTC",
        "projections/agenda.py",
        "    on = segment.starts_at.astimezone(zone).date()",
        "    on = segment.starts_at.date()",
        "tests/integration/test_web_day.py::test_what_is_booked_after_midnight_stands_on_its_own_day",
    ),
    Bug(
        "one organisation's rows seen by another",
        "kernel/migrations.py",
        "USING (organisation_id = organisation()) WITH CHECK (organisation_id = organisation())",
        "USING (true) WITH CHECK (organisation_id = organisation())",
        f"{BOOKING}::test_another_organisation_sees_nothing_and_takes_nothing",
    ),
    Bug(
        "a lease that does not keep others away",
        "kernel/jobs.py",
        " AND (leased_until IS NULL OR leased_until < %(now)s)",
        "",
        "tests/integration/test_jobs.py::test_a_job_that_died_with_its_worker_is_leased_again",
    ),
    Bug(
        "a job asked for while it ran counted as done",
        "kernel/jobs.py",
        "    done_at = CASE WHEN asked = %(asked)s THEN %(now)s::timestamptz END,",
        "    done_at = %(now)s::timestamptz,",
        "tests/integration/test_jobs.py::test_what_is_asked_for_again_while_it_runs_is_done_again",
    ),
    Bug(
        "a revoked token that still opens",
        "accounts/token.py",
        "        return not self.is_revoked and ",
        "        return ",
        "tests/api/test_api_door.py::test_a_revoked_token_opens_nothing_any_more",
    ),
    Bug(
        "a token that does more than its scopes",
        "web/entry.py",
        "    if scope not in g.member.scopes:",
        "    if False:",
        "tests/api/test_api_door.py::test_a_token_does_what_its_scopes_name_and_no_more",
    ),
    Bug(
        "a webhook that overtakes one not yet accepted",
        "webhooks/delivering.py",
        "delivered_at IS NULL ORDER BY position LIMIT 1",
        "delivered_at IS NULL ORDER BY tries, position LIMIT 1",
        "tests/integration/test_webhooks.py::test_nothing_overtakes_what_was_not_accepted",
    ),
    Bug(
        "a webhook to an address inside",
        "webhooks/addresses.py",
        "    if not is_allowed(parts) and not all(is_public(address) for address in addresses):",
        "    if False:",
        "tests/integration/test_webhooks.py::test_no_writing_of_our_own_address_is_connected_to",
    ),
    Bug(
        "a webhook resolved a second time when it connects",
        "webhooks/sending.py",
        '    pinned = target.url._replace(netloc=f"{host}:{target.port}").geturl()',
        "    pinned = target.url.geturl()",
        "tests/integration/test_webhooks.py::test_a_name_is_looked_up_once_and_that_address_is_the_one_connected_to",
    ),
    Bug(
        "a signature without its time",
        "webhooks/signing.py",
        '    message = b".".join((id.encode(), stamp.encode(), body))',
        '    message = b".".join((id.encode(), body))',
        "tests/integration/test_webhooks.py::test_the_signature_tells_that_it_is_ours_whole_and_fresh",
    ),
    Bug(
        "a policy that was dropped",
        "kernel/migrations.py",
        f'"own": "{OWN}",',
        '"own": "",',
        f"{WALL}::test_the_policies_are_these_and_no_others",
    ),
    Bug(
        "a row written into another organisation",
        "kernel/migrations.py",
        OWN,
        "TO carnet_app USING (organisation_id = organisation()) WITH CHECK (true)",
        f"{ROLES}::test_one_house_changes_nothing_of_another",
    ),
    Bug(
        "a forgotten organisation that finds nothing instead of failing",
        "migrations/0001_log.sql",
        "RETURN current_setting('carnet.organisation')::uuid;",
        "RETURN nullif(current_setting('carnet.organisation', true), '')::uuid;",
        f"{ROLES}::test_without_an_organisation_there_is_an_error_and_no_empty_answer",
    ),
    Bug(
        "a wall that its owner walks through",
        "kernel/migrations.py",
        "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
        f"{WALL}::test_every_table_of_an_organisation_is_behind_the_wall_also_for_its_owner",
    ),
    Bug(
        "a role that stays on the connection after the transaction",
        "kernel/database.py",
        "SET LOCAL ROLE {role}",
        "SET ROLE {role}",
        f"{ROLES}::test_nothing_of_one_transaction_is_there_in_the_next",
    ),
    Bug(
        "a setting of a session where nobody looks",
        "kernel/rebuild.py",
        "SET LOCAL search_path TO {room}, public",
        "SET search_path TO {room}, public",
        f"{ROLES}::test_no_statement_sets_anything_for_longer_than_its_transaction",
    ),
    Bug(
        "facts that the application may change",
        "kernel/migrations.py",
        '        return Grants("SELECT, INSERT", READ)',
        "        return Grants(WRITE, READ)",
        f"{WALL}::test_facts_are_added_and_never_changed",
    ),
    Bug(
        "a door that shows more of members than leads to a house",
        "kernel/migrations.py",
        '("organisation_id", "id", "person_id", ',
        '("organisation_id", "id", "name", "person_id", ',
        f"{WALL}::test_the_door_shows_what_leads_to_an_organisation",
    ),
    Bug(
        "a foreign key without its organisation",
        "migrations/0009_wall.sql",
        "ALTER TABLE import_lines\n"
        "    ADD CONSTRAINT import_lines_of_file FOREIGN KEY (organisation_id, import_id) REFERENCES import_files,",
        "CREATE UNIQUE INDEX import_files_by_id ON import_files (id);\nALTER TABLE import_lines\n"
        "    ADD CONSTRAINT import_lines_of_file FOREIGN KEY (import_id) REFERENCES import_files (id),",
        f"{WALL}::test_every_foreign_key_carries_its_organisation",
    ),
    Bug(
        "a row that may point anywhere",
        "migrations/0009_wall.sql",
        ",\n    ADD CONSTRAINT import_lines_client FOREIGN KEY (organisation_id, client_id) REFERENCES client_files;",
        ";",
        f"{WALL}::test_every_name_of_something_else_is_a_foreign_key_or_says_why_not",
    ),
    Bug(
        "a login that has what its roles have before it asks",
        "kernel/roles.py",
        "WITH INHERIT FALSE, SET TRUE",
        "WITH INHERIT TRUE, SET TRUE",
        f"{ROLES}::test_the_login_itself_may_do_nothing",
    ),
    Bug(
        "settings of the house that asked first",
        "agenda/timetable.py",
        "    known = known_settings.get(organisation_id)",
        "    known = next(iter(known_settings.values()), None)",
        "tests/integration/test_non_interference.py::"
        "test_what_happens_in_another_house_changes_no_byte_of_what_ours_is_answered",
    ),
    Bug(
        "one count of events for all houses in the mark of a day",
        "projections/history.py",
        "SELECT coalesce(max(position), 0) FROM view_history WHERE position <= (SELECT min(position) FROM positions)",
        "SELECT min(position) FROM positions",
        "tests/integration/test_non_interference.py::"
        "test_what_happens_in_another_house_changes_no_byte_of_what_ours_is_answered",
    ),
    Bug(
        "a page that lets in whoever only looks",
        "web/settings/team.py",
        '@settings.post("/team/<uuid:id>/role")\n@admits("team.write")',
        '@settings.post("/team/<uuid:id>/role")\n@admits("agenda.see")',
        AS_SAID,
    ),
    Bug(
        "a page for one right that opens to another",
        "web/files/export.py",
        '@files.post("/clients/export")\n@admits("clients.export")',
        '@files.post("/clients/export")\n@admits("clients.write")',
        AS_SAID,
    ),
    Bug(
        "an operation that a reading token may call",
        "web/api/clients.py",
        '@needs("clients:write")\ndef archive(',
        '@needs("clients:read")\ndef archive(',
        AS_SAID,
    ),
    Bug(
        "people let in before it is known in which house",
        "web/entry.py",
        "    return None if PERSON in admitted else guard_member(admitted)",
        "    return None",
        BEFORE_ALL,
    ),
    Bug(
        "somebody who has left and still stands in the house",
        "web/inside.py",
        "    return None if member is None or member.has_left else member",
        "    return member",
        "tests/integration/test_web_team.py::test_whoever_is_removed_is_out_at_the_next_click_and_stays_in_the_history",
    ),
    Bug(
        "who sees as another keeps all that the other may do",
        "accounts/rights.py",
        "def rights_to_look(rights: Rights) -> Rights:\n",
        "def rights_to_look(rights: Rights) -> Rights:\n    return rights\n\n\ndef no(rights: Rights) -> Rights:\n",
        "tests/integration/test_web_behalf.py::test_whoever_sees_as_another_changes_nothing",
    ),
    Bug(
        "who sees as another sees more than their own",
        "web/inside.py",
        "rights=shared(rights_to_look(other.rights), member.rights)",
        "rights=rights_to_look(other.rights)",
        "tests/integration/test_web_behalf.py::test_nobody_sees_through_another_more_than_they_see_themself",
    ),
    Bug(
        "a house that stands still and is changed all the same",
        "accounts/queries.py",
        'rights=rights if standing == "open" else standing_still(rights)',
        "rights=rights",
        BEFORE_ALL,
    ),
    Bug(
        "the rights of a member that the support takes on",
        "accounts/rights.py",
        """if row["support"] == "all"]""",
        """if row["viewer"] == "all"]""",
        BEFORE_ALL,
    ),
    Bug(
        "a command with a weaker right",
        "clients/commands/merging.py",
        '@command("clients.merge")\ndef merge_clients(',
        '@command("clients.see")\ndef merge_clients(',
        f"{DEEDS}::test_a_command_is_refused_to_whoever_does_not_hold_its_right",
    ),
    Bug(
        "a command that asks nobody's right",
        "kernel/actors.py",
        "        if not self.may.may(right):",
        "        if False:",
        f"{DEEDS}::test_a_command_is_refused_to_whoever_does_not_hold_its_right",
    ),
    Bug(
        "a change that asks only how things would be, not how they were",
        "kernel/aggregate.py",
        "        if self.version:\n            by.must_reach(self.touches)\n",
        "",
        f"{TEAM}::test_nobody_takes_an_appointment_over_from_a_column_that_is_not_theirs",
    ),
    Bug(
        "a right over a column that reaches them all",
        "kernel/actors.py",
        "        if not self.may.may_over(self.right, touches):",
        "        if False:",
        f"{DEEDS}::test_a_right_over_some_columns_changes_nothing_in_another",
    ),
    Bug(
        "columns changed by whoever does not see them",
        "accounts/rights.py",
        'columns = edits if right != "agenda.see" and (how == "own" or grants.edits) else sees',
        'columns = sees if right == "agenda.see" else edits if how == "own" or grants.edits else None',
        f"{DEEDS}::test_a_right_over_some_columns_changes_nothing_in_another",
    ),
    Bug(
        "a room of every place that shows what is in it",
        "agenda/queries.py",
        "    return bool(places) and places <= at",
        "    return not places or bool(places & at)",
        f"{SIGHT}::test_a_refusal_does_not_tell_who_holds_the_time_out_of_sight",
    ),
    Bug(
        "a series shown to whoever may not see its columns",
        "web/sight.py",
        "    if card is not None and columns is not None:",
        "    if False:",
        UNSEEN,
    ),
    Bug(
        "a client's history that tells of columns out of sight",
        "web/files/file.py",
        "    if g.member.rights.over(SEE) is None:",
        "    if True:",
        f"{SIGHT}::test_a_client_s_file_tells_nothing_of_visits_out_of_sight",
    ),
    Bug(
        "a refusal that names whoever holds the time",
        "web/refusals.py",
        "    return holder if may(SEE, holder) else None",
        "    return holder",
        f"{SIGHT}::test_a_refusal_does_not_tell_who_holds_the_time_out_of_sight",
    ),
    Bug(
        "a form that tells by its answer that something is there",
        "web/desk/panel.py",
        "    card_of(id)\n    told.await_view(booking.edit_appointment(",
        "    told.await_view(booking.edit_appointment(",
        f"{SIGHT}::test_a_form_about_what_is_out_of_sight_is_answered_as_if_nothing_were_there",
    ),
    Bug(
        "old phones in the versions of a file",
        "web/sight.py",
        "    if may(CONTACTS):",
        "    if True:",
        UNTOLD,
    ),
    Bug(
        "notes in the history for whoever sees names only",
        "web/sentences.py",
        "    return is_told_anew(line) and not may(CONTACTS)",
        "    return False",
        UNTOLD,
    ),
    Bug(
        "a phone that finds its client for whoever may not see it",
        "clients/queries/search.py",
        "    if by_contacts and len(digits",
        "    if len(digits",
        f"{SIGHT}::test_whoever_sees_names_only_finds_nobody_by_contacts",
    ),
    Bug(
        "a list of addresses that programs are not held to",
        "accounts/token_queries.py",
        'networks=house.networks_for("program")',
        "networks=[]",
        "tests/integration/test_web_access.py::test_a_token_is_held_to_the_list_too",
    ),
    Bug(
        "a day that the support sees without a trace",
        "web/support.py",
        'request.endpoint != "static"',
        'request.endpoint not in ("static", "desk.changes")',
        "tests/integration/test_web_support.py::test_a_day_that_is_drawn_again_is_seen_again",
    ),
    Bug(
        "a limit that whoever is limited takes off",
        "accounts/member.py",
        "        if beyond:",
        "        if False:",
        f"{TEAM}::test_nobody_takes_a_limit_off_themself",
    ),
    Bug(
        "a message that leaves while it can be undone",
        "notifications/messages/policies.py",
        "    if planned is None or planned.due_at > datetime.now(UTC):",
        "    if planned is None:",
        "tests/integration/test_messages.py::test_news_waits_as_long_as_it_can_be_undone",
    ),
    Bug(
        "a message of a change that was taken back",
        "notifications/messages/news.py",
        "    if before == after:",
        "    if before is after:",
        "tests/integration/test_messages.py::test_there_and_back_again_is_no_news",
    ),
    Bug(
        "the mark of a message that nobody will read",
        "projections/messages.py",
        "        if mark and (line.has_email or mark != \"to_send\"):",
        "        if mark:",
        "tests/integration/test_web_messages.py::test_a_client_without_an_address_has_no_mark",
    ),
)
