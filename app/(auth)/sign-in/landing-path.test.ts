import { describe, expect, it } from 'vitest';
import { landingPath } from './landing-path';

const PORTAL = 'http://127.0.0.1:3000';

describe('where a person lands after signing in', () => {
  it('is the page they asked for', () => {
    expect(landingPath('/requests/7?x=1', PORTAL)).toBe('/requests/7?x=1');
    expect(landingPath('http://127.0.0.1:3000/slots', PORTAL)).toBe('/slots');
  });

  it('is never another site', () => {
    for (const asked of [
      'https://evil.example/',
      '//evil.example/x',
      '/\\evil.example',
      'javascript:alert(1)',
      'http://127.0.0.1:3001/slots',
    ]) {
      expect(landingPath(asked, PORTAL)).toBe('/streams');
    }
    expect(landingPath('http://127.0.0.1:3000//evil.example', PORTAL)).toBe('/evil.example');
  });

  it('is the streams page when nothing sensible was asked for', () => {
    for (const asked of [undefined, '', '/', '/sign-in', ['/slots']]) expect(landingPath(asked, undefined)).toBe('/streams');
  });
});
