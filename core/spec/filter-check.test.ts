import { expect, it } from 'vitest';
import { filterProblems, kafkaKeyProblems } from './filter-check';
import { kafkaSink } from './sink/kafka';

it.each([
  ['after.id > 5 && source.lsn > 3', null],
  ['[1, 2].all(n, n > 0) && int(after.status) == 5 && type(after.id) == int', null],
  ['after.id >', 'found > but expecting end of input (at character 10: ">")'],
  ['after.id > 5 +* 3', '(at character 14: "+* 3")'],
  ['user.id == 1', 'there is no "user" here: write op, before, after, row or source (at character 1: "user.id == 1")'],
  ['op == "c" || nosuch(1)', 'there is no function "nosuch"'],
  ['[1].all(x, [2].all(y, x == y))', 'a macro (all, exists, map, filter) may not stand in another one'],
  ['after.note.matches("(")', '"(" is no pattern of RE2'],
])('cel %s: %s', async (cel, remedy) => {
  const problems = await filterProblems({ cel });
  expect(problems).toEqual(remedy === null ? [] : [{ field: 'filter.cel', value: cel, remedy: expect.stringContaining(remedy) }]);
});

it.each([
  ['row.region + "/" + string(row.id)', null],
  ['row.region +', 'expecting end of input (at character 12: "+")'],
  ['tenant', 'there is no "tenant" here: write op, before, after, row or source (at character 1: "tenant")'],
])('a key by %s: %s', async (expression, remedy) => {
  const sink = kafkaSink.parse({ type: 'Kafka', target: 'bus', topic: 'orders', key: { type: 'Expression', expression, salt: 2 } });
  const problem = { field: 'sink.key.expression', value: expression, remedy: expect.stringContaining(remedy ?? '') };
  expect(await kafkaKeyProblems(sink)).toEqual(remedy === null ? [] : [problem]);
  expect(await kafkaKeyProblems({ ...sink, key: { type: 'PrimaryKey' } })).toEqual([]);
});

it.each([
  ['[?(@.source.txId > 500 && @.source.lsn > 123456)]', null],
  ['[?(@.OldImage.Status.Id != @.NewImage.Status.Id)]', null],
  ['$[?@.after.id == 12345678901234567890]', 'JSON numbers hold 12345678901234567890 only roughly: use cel'],
  ["[?(@.after.note == '12345678901234567890')]", null],
  ['[?(@.after.id >> 5)]', '(at character'],
  ['$.after', 'write one condition on the record: [?(…)]'],
  ['$..[?(@.id > 1)]', 'write one condition on the record: [?(…)]'],
  ["[?match(@.after.note, '(a+)+')]", 'match and search are not available: use cel'],
])('jsonPath %s: %s', async (jsonPath, remedy) => {
  const problems = await filterProblems({ jsonPath });
  expect(problems).toEqual(remedy === null ? [] : [{ field: 'filter.jsonPath', value: jsonPath, remedy: expect.stringContaining(remedy) }]);
});
