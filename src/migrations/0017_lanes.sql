-- Work in lanes: who leases a job notes it under a number, so that nobody settles what another has leased since.
ALTER TABLE jobs ADD COLUMN lease integer NOT NULL DEFAULT 0;
-- Stepped through from one organisation to the next, so that they take turns; what failed stands apart.
CREATE INDEX jobs_by_turn ON jobs (name, organisation_id, (failure IS NOT NULL), due_at) WHERE done_at IS NULL;
CREATE INDEX jobs_failing ON jobs (due_at) WHERE done_at IS NULL AND failure IS NOT NULL;

-- Who sends a delivery has it until then, and notes how it went under the number that it had.
ALTER TABLE webhook_deliveries ADD COLUMN claim integer NOT NULL DEFAULT 0, ADD COLUMN claimed_until timestamptz;
