/** Takes the person to the first field that is marked, once React has marked it. */
export function focusFirstProblem(): void {
  setTimeout(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus(), 0);
}
