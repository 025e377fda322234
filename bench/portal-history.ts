/**
 * Fills what streams have behind them, from the temporary table `seeded` (portal-catalog.ts). Reports and observations are dated a day ahead,
 * so that they count as fresh while the pages are measured; chart points reach an hour ahead, so that the last minutes stay full.
 */
export const SEED_HISTORY: readonly string[] = [
  `insert into stream (id, name, team_id, desired, state, state_since, state_reason, created_at, retired_at)
   select id, name, team_id, desired, state, now() - at * interval '13 minutes', case when state in ('retrying', 'failed', 'slot_lost')
          then 'The sink answered 503 Service Unavailable' end, now() - interval '40 days', case when state = 'retired' then now() end from seeded`,
  `insert into stream_revision (id, stream_id, number, spec, source_hash, created_by, created_at)
   select first_revision, id, 1, earlier, md5(name), 'Lea Lead', now() - interval '40 days' from seeded
   union all select second_revision, id, 2, spec, md5(name), 'Lea Lead', now() - interval '20 days' from seeded`,
  `update stream s set current_revision_id = d.second_revision from seeded d where d.id = s.id`,
  `insert into slot_request (stream_id, revision_id, source_hash, reason, dossier, status, requested_by, requested_at, decided_by, decided_at,
                             decision_reason, wal_budget_bytes)
   select id, second_revision, md5(name), 'Fulfilment starts from each order as it changes.',
          jsonb_build_object('computedAt', now(), 'verdict', 'Approving this uses 1 of 48 free slots.',
            'server', jsonb_build_object('version', '18.4', 'walBytesPerSec', 812345, 'sampledSeconds', 5, 'maxSlots', 100, 'usedSlots', 52,
              'maxSenders', 100, 'usedSenders', 52, 'maxSlotWalKeepBytes', 68719476736, 'slotLimit', 80, 'ourSlots', 50),
            'cost', jsonb_build_object('rowsPerSec', 950, 'extraDecodeCores', 0.0014),
            'forecast', jsonb_build_object('secondsToCap', 84000, 'secondsToBudget', 660, 'suggestedBudgetBytes', 536870912),
            'table', jsonb_build_object('schema', 'public', 'name', name, 'kind', 'table', 'estimatedRows', 12000000, 'totalBytes', 9000000000,
              'lastWriteAt', now(), 'replicaIdentity', 'default', 'primaryKey', jsonb_build_array('id'), 'identityColumns',
              jsonb_build_array('id'), 'identityRemedy', null, 'columns', (select jsonb_agg(jsonb_build_object('name', 'column_' || c, 'type',
              'text', 'nullable', true, 'generated', false, 'toastable', true)) from generate_series(1, 30) c)),
            'checks', (select jsonb_agg(jsonb_build_object('name', 'check ' || c, 'status', 'ok', 'finding', 'as it should be')) from generate_series(1, 12) c)),
          case when state = 'requested' then 'pending' when state = 'rejected' then 'rejected' else 'approved' end::"RequestStatus",
          'Lea Lead', now() - at * interval '1 hour', case when state <> 'requested' then 'Ada Admin' end,
          case when state <> 'requested' then now() - at * interval '50 minutes' end, case when state <> 'requested' then 'Steady rate.' end,
          case when state not in ('requested', 'rejected') then 536870912 end from seeded`,
  `insert into provision (stream_id, source_id, slot_name, publication_name, source_hash, wal_budget_bytes, status, consistent_point, snapshot_state)
   select id, source_id, 'spillway_' || replace(name, '-', '_'), 'spillway_' || replace(name, '-', '_'), md5(name), 536870912, 'ready',
          '1/5C00A100', 'done' from seeded where provisioned`,
  `insert into slot_observation (source_id, slot_name, slot_type, plugin, database, temporary, active, active_pid, application_name, restart_lsn,
                                 confirmed_flush_lsn, wal_status, safe_wal_size, retained_bytes, lag_bytes, stream_id, verdict, observed_at)
   select source_id, 'spillway_' || replace(name, '-', '_'), 'logical', 'pgoutput', 'app', false, true, 4000 + at, 'spillway/' || name || '/3',
          'A/1B000000', 'A/1B2C0000', 'reserved', 60 * 1024^3, (at % 97) * 6 * 1024^2, (at % 13) * 4096, id,
          jsonb_build_object('verdict', 'moving', 'sentence', 'The slot moves.'), now() + interval '1 day' from seeded where provisioned`,
  `insert into stream_status (stream_id, pid, epoch, started_at, reported_at, confirmed_lsn, received_lsn, lag_ms, lag_bytes, retained_bytes,
                              rss_bytes, decoded_per_sec, delivered_per_sec, decoded, delivered, dead_lettered, last_events)
   select id, 5000 + at, 3, now() - interval '3 days', now() + interval '1 day', 'A/1B2C0000', 'A/1B2C3D4E', 4 + at % 40, (at % 13) * 4096,
          (at % 97) * 6 * 1024^2, 60 * 1024^2, at % 210, at % 210, 9000000 + at, 8999000 + at, 1000,
          (select jsonb_agg(jsonb_build_object('eventId', '7400000000000000001/A/1B2C' || e || '/1', 'op', 'u', 'key', '{"id":' || e || '}', 'committedAt', now(), 'deliveredAt', now(),
             'payload', repeat('{"field":"value with some text","other":12.50}', 20), 'bytes', 940)) from generate_series(1, 20) e)
     from seeded where provisioned`,
  `insert into stream_event (stream_id, at, from_state, to_state, reason, actor)
   select id, now() - e * interval '3 hours', 'streaming', case when e % 2 = 0 then 'streaming' else 'retrying' end,
          'The sink answered 503 Service Unavailable; the next attempt is in 8 s', 'worker' from seeded, generate_series(60, 1, -1) e`,
  `insert into stream_sample (stream_id, resolution, at, lag_ms, lag_bytes, retained_bytes, delivered_per_sec, open_letters)
   select d.id, r.resolution, date_trunc('minute', now()) + r.ahead - n * make_interval(secs => r.resolution), 5 + n % 30, n % 9000, n * 1000, (d.at + n) % 210, 0
     from (values (5, interval '1 hour', 1440), (60, interval '1 hour', 1500), (900, interval '0', 2880)) r(resolution, ahead, points),
          generate_series(1, r.points) n, seeded d where d.provisioned`,
  // Five letters a key, of which one may wait behind the others; the first stream has a quarter of all keys.
  `insert into dead_letter (stream_id, revision_id, event_id, key_text, commit_lsn, seq, op, schema_name, table_name, committed_at, input, output,
                            error_class, error_message, fingerprint, attempts, attempt_count, status, created_at, last_attempt_at)
   select d.id, d.second_revision, '7400000000000000001/' || n || '/1', '{"id":' || n / 5 || '}', 1000000 + n, 1, 'u', 'public',
          d.spec->'source'->'table'->>'name', now() - n * interval '20 seconds',
          jsonb_build_object('op', 'u', 'after', jsonb_build_object('id', n / 5, 'status', 'shipped', 'country', 'XX', 'total', '12.50', 'note', repeat('text ', 40))),
          repeat('{"before":null,"after":{"id":1}}', 15), case when n % 5 <> 1 or n % 3 = 0 then 'http_422' end,
          case when n % 5 <> 1 or n % 3 = 0 then 'The receiver answered 422: country XX is not known in rule ' || n % 7 end,
          case when n % 5 <> 1 or n % 3 = 0 then md5(d.id::text || n % 7) end,
          jsonb_build_array(jsonb_build_object('at', now(), 'errorClass', 'http_422', 'message', 'The receiver answered 422', 'status', 422)), 3,
          (case when n % 5 = 1 and n % 3 <> 0 then 'parked' when n % 11 = 0 then 'replayed' when n % 13 = 0 then 'discarded' when n % 101 = 0 then 'replaying'
                else 'open' end)::"LetterStatus", now() - n * interval '20 seconds', now() - n * interval '19 seconds'
     from generate_series(1, :letters) n join seeded d on d.at = case when n / 5 % 4 = 0 then 0 else (n / 5 * 31) % 400 end`,
  `insert into audit_entry (at, actor_kind, actor_id, actor_name, verb, subject_type, subject_id, subject_name, team_id, summary, before, after)
   select now() - e * interval '30 seconds', case when e % 3 = 0 then 'system' else 'person' end, 'lead', 'Lea Lead', 'streams.revise', 'stream',
          d.id::text, d.name, d.team_id, 'Revision 2: sends to another target', d.earlier, d.spec
     from generate_series(50000, 1, -1) e join seeded d on d.at = e % 1000`,
];
