/** What happens next: a binary heap by time; equal times keep their order. */
export class EventHeap<T> {
  private readonly items: { time: number; serial: number; value: T }[] = [];
  private serial = 0;

  get size(): number {
    return this.items.length;
  }

  push(time: number, value: T): void {
    const item = { time, serial: this.serial++, value };
    const { items } = this;
    let i = items.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  pop(): { time: number; value: T } | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child += 1;
      if (!before(items[child]!, last)) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return top;
  }
}

type Keyed = { time: number; serial: number };
const before = (a: Keyed, b: Keyed): boolean =>
  a.time < b.time || (a.time === b.time && a.serial < b.serial);
