/** A queue in an array with a head index: push, shift, head and tail in O(1) amortised. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private start = 0;

  get length(): number {
    return this.items.length - this.start;
  }
  get head(): T | undefined {
    return this.items[this.start];
  }
  get tail(): T | undefined {
    return this.length === 0 ? undefined : this.items[this.items.length - 1];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    if (this.start === this.items.length) return undefined;
    const item = this.items[this.start];
    this.items[this.start++] = undefined;
    if (this.start === this.items.length) this.clear();
    else if (this.start >= 1024 && this.start * 2 >= this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
    return item;
  }

  clear(): void {
    this.items = [];
    this.start = 0;
  }
}
