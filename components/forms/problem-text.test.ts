import { expect, it } from 'vitest';
import { problemText } from './problem-text';

it('names the value and the remedy, and only the remedy when there is no value to show', () => {
  expect(problemText({ field: 'x', value: 'Bad Name', remedy: 'use lower case' })).toBe('“Bad Name”: use lower case.');
  expect(problemText({ field: 'x', value: '', remedy: 'choose a table' })).toBe('Choose a table.');
  expect(problemText({ field: 'x', value: Number.NaN, remedy: 'give a number' })).toBe('Give a number.');
  expect(problemText(undefined)).toBeUndefined();
});
