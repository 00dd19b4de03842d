/**
 * Random edits of one studio by two people over a network that loses, delays and doubles what is sent, in tabs that
 * are closed, killed and opened again. In the end all show the same, and every value that was ever set stands, was
 * seen by whoever replaced it, or was listed as a conflict. `WEB_SEEDS=n` runs more of them, `WEB_SEED=n` just one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effect } from '../../functions/web/node_modules/@preact/signals-core/dist/signals-core.mjs';
import { Browser } from './support/browser.mjs';
import { Service } from './support/service.mjs';
import { VirtualClock } from './support/virtual_clock.mjs';

const SEEDS = Number(process.env.WEB_SEEDS ?? 60);
const FIRST = Number(process.env.WEB_SEED ?? 1);
const STEPS = 40;
const FAULTS = ['lose', 'lose-reply', 'hang', 'hang-reply', 'zombie', 'slow', 'slow', 'twice'];
const FIELDS = ['settings.style', 'settings.lighting', 'settings.promptText', 'productIds', 'outputImage'];

/** Random numbers that are the same for a seed every time. */
function randomOf(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Run {
  /** Every value that was set, and every value that somebody saw when they replaced it or who listed it. */
  set = [];
  accounted = new Set();
  listed = new Set();
  #lastValue = 0;

  constructor(seed) {
    this.random = randomOf(seed);
    this.clock = new VirtualClock();
    this.service = new Service().add('main', { a: {}, b: {}, c: {} });
    this.people = ['ada', 'ben'].map((name) => new Browser(this.service, { clock: this.clock, name, random: this.random }));
    this.tabs = [null, null];
  }

  async play() {
    for (const at of [0, 1]) await this.#open(at);
    for (const { network } of this.people) network.chance = () => (this.random() < 0.25 ? this.#one(FAULTS) : null);
    for (let step = 0; step < STEPS; step += 1) await this.#step();
    for (const { network } of this.people) network.chance = () => null;
    for (const [at, person] of this.people.entries()) {
      person.setOnline(true);
      if (!this.tabs[at]) await this.#open(at);
      this.tabs[at].data.wentOnline();
      this.tabs[at].data.pageShown();
    }
    await this.clock.pass(300_000);
  }

  check() {
    const stored = this.service.read('main');
    for (const { data } of this.tabs) {
      assert.deepEqual(owned(data.studio.value), owned(stored));
      assert.ok(['saved', 'conflict'].includes(data.saveState.value), data.saveState.value);
      assert.deepEqual(data.errors.value, []);
    }
    for (const { storage } of this.people) {
      const left = Array.from({ length: storage.length }, (_, at) => JSON.parse(storage.getItem(storage.key(at))));
      assert.ok(left.every(({ edits }) => edits === null), JSON.stringify(left));
    }
    const standing = new Set(stored.outputSlots.flatMap((slot) => FIELDS.map((field) => named(slot, field))));
    standing.add(`name ${stored.name}`);
    const lost = this.set.filter((value) => !standing.has(value) && !this.accounted.has(value));
    assert.deepEqual(lost, []);
  }

  async #step() {
    const at = this.random() < 0.5 ? 0 : 1;
    const tab = this.tabs[at];
    if (!tab) await this.#open(at);
    else if (this.random() < 0.04) this.#kill(at);
    else if (this.random() < 0.04) await this.#close(at);
    else if (this.random() < 0.05) this.people[at].setOnline(!this.people[at].network.isOnline, tab);
    else if (this.random() < 0.05) tab.data.pageShown();
    else if (this.random() < 0.03) tab.data.pageHidden();
    else if (tab.data.studio.value) this.#edit(tab.data);
    const pause = this.random();
    await this.clock.pass(pause < 0.5 ? pause * 2000 : pause < 0.9 ? pause * 10_000 : 70_000);
  }

  #edit(data) {
    const slots = data.studio.value.outputSlots;
    const slot = this.#one(slots);
    const luck = this.random();
    if (!slot || luck < 0.08) {
      void data.addOutputSlot('acme', 'main', ['chair'], { style: this.#value() });
    } else if (luck < 0.14) {
      for (const field of FIELDS) this.accounted.add(named(slot, field));
      void data.deleteOutputSlot('acme', 'main', slot.id);
    } else if (luck < 0.22) {
      data.reorderSlots(slots.map(({ id }) => id).sort(() => this.random() - 0.5));
    } else if (luck < 0.28) {
      this.accounted.add(`name ${data.studio.value.name}`);
      const name = this.#value();
      this.set.push(`name ${name}`);
      void data.updateSceneStudio('acme', 'main', { name });
    } else if (luck < 0.34) {
      void data.updateOutputSlot('acme', 'main', slot.id, { favorites: [...slot.favorites, this.#value()] });
    } else this.#setField(data, slot);
  }

  #setField(data, slot) {
    const field = this.#one(FIELDS);
    const value = field === 'productIds' ? [this.#value()] : this.#value();
    this.accounted.add(named(slot, field));
    const updates = field.startsWith('settings.') ? { settings: { [field.slice(9)]: value } } : { [field]: value };
    void data.updateOutputSlot('acme', 'main', slot.id, updates);
    this.set.push(`${slot.id} ${field} ${JSON.stringify(value)}`);
  }

  async #open(at) {
    const tab = await this.people[at].open('main');
    this.tabs[at] = tab;
    effect(() => {
      for (const { id, slotId, field, mine, theirs } of tab.data.conflicts.value) {
        this.listed.add(id);
        for (const value of [mine, theirs]) {
          this.accounted.add(slotId === null ? `${field} ${value}` : `${slotId} ${field} ${JSON.stringify(value)}`);
        }
        // That somebody deleted the slot is listed, with everything in it.
        if (field === 'deleted') for (const one of this.set) if (one.startsWith(`${slotId} `)) this.accounted.add(one);
      }
    });
  }

  #kill(at) {
    this.tabs[at].kill();
    this.tabs[at] = null;
  }

  async #close(at) {
    await this.tabs[at].close();
    this.tabs[at] = null;
  }

  #value() {
    this.#lastValue += 1;
    return `v${this.#lastValue}`;
  }

  #one(choices) {
    return choices[Math.floor(this.random() * choices.length)];
  }
}

function named(slot, field) {
  const value = field.startsWith('settings.') ? slot.settings[field.slice(9)] : slot[field];
  return `${slot.id} ${field} ${JSON.stringify(value ?? null)}`;
}

function owned({ name, outputSlots }) {
  return { name, rows: outputSlots.map(({ id, productIds, settings, favorites, outputImage }) => ({ id, productIds, settings, favorites: favorites.toSorted(), outputImage })) };
}

test(`in ${SEEDS} random runs all show the same in the end, and nothing that was typed is lost unseen`, async () => {
  let conflicts = 0;
  let saves = 0;
  for (let seed = FIRST; seed < FIRST + (process.env.WEB_SEED ? 1 : SEEDS); seed += 1) {
    const run = new Run(seed);
    try {
      await run.play();
      run.check();
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
    conflicts += run.listed.size;
    saves += run.service.commits('main');
  }
  // The runs are worth something only if people get in each other's way.
  assert.ok(process.env.WEB_SEED || (conflicts > SEEDS * 2 && saves > SEEDS * 5), `${conflicts} conflicts, ${saves} saves`);
});
