// The browser code of the original product description, as it stands there: whole rows, its own debounce,
// its own generation handler, no Content-Type, no entity tags. Only React's state is replaced by a variable.
// Usage: node seed_client.mjs <address> <clientId> <studioId>; prints what it holds at the end as JSON.

const [address, clientId, studioId] = process.argv.slice(2);
const api = (path) => `${address}/api/clients/${clientId}${path}`;
const SlotStatus = { EMPTY: 'EMPTY', GENERATING: 'GENERATING', COMPLETED: 'COMPLETED', ERROR: 'ERROR' };
const answers = [];

async function send(path, options) {
  const response = await fetch(api(path), options);
  answers.push(`${options?.method ?? 'GET'} ${response.status}`);
  return response;
}

// DataContext, the two methods that the page below calls.
async function addSceneStudio(_clientId, name) {
  return (await send('/scene-studio', { method: 'POST', body: JSON.stringify({ id: studioId, name }) })).json();
}
async function updateSceneStudio(_clientId, id, updates) {
  await send(`/scene-studio/${id}`, { method: 'PATCH', body: JSON.stringify(updates) });
}

let rows = [];
let products = [];
let timer;
const saves = [];

function setRows(update) {
  rows = update(rows);
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (rows.length > 0) {
      saves.push(updateSceneStudio(clientId, studioId, { outputSlots: rows, updatedAt: new Date().toISOString() }));
    }
  }, 1000);
}

async function settled() {
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await Promise.all(saves);
}

const generateId = () => Math.random().toString(36).slice(2, 10);

async function execute(rowId) {
  setRows((prev) => prev.map((r) => (r.id === rowId ? { ...r, status: SlotStatus.GENERATING } : r)));
  const row = rows.find((r) => r.id === rowId);
  const chosen = products.filter((p) => row.productIds.includes(p.id));
  const { imageUrl, promptUsed } = await (
    await send(`/scene-studio/${studioId}/generate`, {
      method: 'POST',
      body: JSON.stringify({ slotId: rowId, products: chosen, settings: row.settings }),
    })
  ).json();
  const newHistoryItem = {
    id: generateId(),
    url: imageUrl,
    timestamp: Date.now(),
    productIds: row.productIds,
    productNames: chosen.map((p) => p.name),
    settings: { ...row.settings },
    debugPrompt: promptUsed,
  };
  setRows((prev) =>
    prev.map((r) =>
      r.id === rowId
        ? { ...r, status: SlotStatus.COMPLETED, outputImage: imageUrl, history: [newHistoryItem, ...r.history] }
        : r,
    ),
  );
}

const change = (rowId, members) =>
  setRows((prev) => prev.map((r) => (r.id === rowId ? { ...r, settings: { ...r.settings, ...members } } : r)));

// First visit: the page loads the client, finds no studio, and makes it.
const client = await (await send('')).json();
products = client.products;
let studio = client.sceneStudios.find((s) => s.id === studioId);
if (!studio) {
  studio = await addSceneStudio(clientId, 'Main Studio');
} else {
  studio = await (await send(`/scene-studio/${studioId}`)).json();
}
rows = studio.outputSlots;
const loaded = structuredClone(rows);

if (rows.length === 0) {
  // The person drags products into two rows, changes settings, and executes one before its save is out.
  const settings = { roomType: 'Living Room', style: 'Modern', aspectRatio: '1:1', varietyLevel: 7, props: ['Plants'] };
  const row = (id, productIds) => ({ id, productIds, status: SlotStatus.EMPTY, history: [], settings });
  setRows((prev) => [...prev, row('row-1', ['product-a', 'product-b'])]);
  await execute('row-1');
  await settled();
  setRows((prev) => [...prev, row('row-2', ['product-b'])]);
  change('row-2', { lighting: 'Golden Hour' });
  await settled();
  change('row-1', { style: 'Industrial' });
  await settled();
  await execute('row-1');
  await settled();
} else {
  // A later visit: everything is there, and goes on.
  change('row-2', { lighting: 'Evening' });
  await settled();
  await execute('row-2');
  await settled();
}

console.log(JSON.stringify({ loaded, rows, answers }));
