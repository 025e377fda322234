/** Names as Avro and Protocol Buffers take them: letters, digits and underscores, no digit first. */
export function legalName(name: string): string {
  const legal = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(legal) ? legal : `_${legal}`;
}

/** Each segment of a dotted name. */
export function legalDotted(name: string): string {
  return name.split('.').map(legalName).join('.');
}

/** Of names that would become one the later are written with the code points of what was replaced. */
export function legalFields(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let legal = legalName(name);
    if (used.has(legal))
      legal = legalName(name.replace(/[^A-Za-z0-9_]/gu, (char) => `_u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`));
    while (used.has(legal)) legal += '_';
    used.add(legal);
    return legal;
  });
}
