import { describe, expect, it } from 'vitest';
import { decodeDrawList } from '../../src/render/draw-list.ts';
import { Scene } from '../../src/render/scene.ts';
import { marshalled, type Plain } from './marshalled.ts';

/** Circles, each a letter; capital letters persist. */
function apply(scene: Scene, circles: { id: string; depth?: number; persist?: boolean }[]): void {
  const list: Plain = circles.map((c) => ({ type: 'circle', x: 0, y: 0, r: 1, ...c }));
  scene.apply(decodeDrawList(marshalled(list)).entries);
}
const shown = (scene: Scene) => scene.entries().map(({ id }) => id);

describe('the scene', () => {
  it('draws by depth, and in list order where depths are equal', () => {
    const scene = new Scene();
    apply(scene, [{ id: 'c', depth: 2 }, { id: 'a' }, { id: 'b' }, { id: '0', depth: -1 }]);
    expect(shown(scene)).toEqual(['0', 'a', 'b', 'c']);
  });

  it('keeps what persists, also from lists that are never drawn', () => {
    const scene = new Scene();
    apply(scene, [{ id: 'wall', persist: true }, { id: 'a' }]);
    apply(scene, [{ id: 'floor', persist: true, depth: -1 }]);
    apply(scene, [{ id: 'b' }]);
    expect(shown(scene)).toEqual(['floor', 'wall', 'b']);
  });

  it('replaces what persists by the next entry with its id, whether that persists or not', () => {
    const scene = new Scene();
    apply(scene, [{ id: 'wall', persist: true, depth: 1 }, { id: 'b' }]);
    apply(scene, [{ id: 'wall', persist: true, depth: -1 }, { id: 'b' }]);
    expect(shown(scene)).toEqual(['wall', 'b']);
    apply(scene, [{ id: 'wall' }]);
    expect(shown(scene)).toEqual(['wall']);
    apply(scene, []);
    expect(shown(scene)).toEqual([]);
  });
});
