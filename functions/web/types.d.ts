/** The shapes that the page works with: those of the API, and those of its own state. Read by the type checker alone. */

/** How a slot's pictures are to look. Members of other names are kept. */
export type Settings = Record<string, any>;

export interface Scene {
  id: string;
  name?: string;
  imageUrl?: string;
  thumbnailUrl?: string;
  state?: 'PROCESSING' | 'READY' | 'REJECTED';
  reason?: string;
}

export interface Revision {
  id: string;
  url: string;
  timestamp: number;
  productIds: string[];
  productNames: string[];
  settings: Settings;
  debugPrompt?: string;
  model?: string;
  seed?: number;
  width?: number;
  height?: number;
  tookMilliseconds?: number;
  costMicros?: number;
  signedUrl?: string;
  inputsChanged?: boolean;
}

/** A picture that was asked for: `pending` and `failed` as a document tells it, the others as it is shown. */
export interface PendingPicture {
  id: string;
  state: 'pending' | 'asking' | PictureProgress['state'];
  slotId?: string;
  askedAt?: string;
  startedAt?: string;
  reason?: string;
}

/** A slot as the API answers it, and as the page shows it. */
export interface Slot {
  id: string;
  productIds: string[];
  status: 'EMPTY' | 'GENERATING' | 'COMPLETED' | 'ERROR';
  outputImage?: string;
  history: Revision[];
  historyCount: number;
  settings: Settings;
  favorites: string[];
  error?: string;
  generation: PendingPicture[];
  /** The pictures that guests marked, by the link through which they came. */
  guestFavorites?: { shareId: string; imageIds: string[]; name?: string }[];
  etag?: string;
}

export interface DeletedSlot {
  id: string;
  deletedAt: string;
  restorableUntil: string;
}

export interface Studio {
  id: string;
  name: string;
  clientId: string;
  outputSlots: Slot[];
  userScenes: Scene[];
  deletedSlots: DeletedSlot[];
  createdAt: string;
  updatedAt: string;
}

export interface StudioSummary {
  id: string;
  name: string;
  clientId: string;
  updatedAt: string;
  slotCount: number;
  revisionCount: number;
  coverImage?: string;
  deletedAt?: string;
  restorableUntil?: string;
}

export interface Product {
  id: string;
  name: string;
  imageUrl?: string;
  imageId?: string;
  pictures?: { id: string; imageUrl: string; thumbnailUrl?: string; width?: number; height?: number }[];
  uploads?: { id: string; state: 'PROCESSING' | 'REJECTED'; reason?: string }[];
}

export interface Client {
  id: string;
  name: string;
  products: Product[];
  clientSessions: unknown[];
  sceneStudios: StudioSummary[];
  nextCursor?: string;
}

/** What people own in a slot. Of one that is deleted only the id may be known. */
export interface OwnedRow {
  id: string;
  deleted: boolean;
  productIds?: string[];
  settings?: Settings;
  favorites?: string[];
  outputImage?: string | null;
}

/** What people own in a studio: its name, and its slots in order, deleted ones among them. */
export interface Owned {
  name: string;
  rows: OwnedRow[];
}

/** A field that two sides changed to different values. */
export interface FieldConflict {
  /** The slot it is in; null for the studio itself. */
  slotId: string | null;
  /** Such as `settings.style`, `productIds`, `deleted`; `name` and `outputSlots` (the order) of the studio. */
  field: string;
  base: any;
  mine: any;
  theirs: any;
}

export interface Conflict extends FieldConflict {
  id: string;
  studioId: string;
}

/** A save that was sent and is not answered yet; repeated, it is sent to the letter under its key. */
export interface SentSave {
  key: string;
  /** The entity tag of the document that it was made from. */
  tag: string;
  base: Owned;
  mine: Owned;
  body: SaveBody;
  sentAt: number;
  /** Whether it is known what the document will be: no slot comes or goes. */
  isForeseen: boolean;
}

export interface SaveBody {
  name?: string;
  outputSlots?: ({ id: string } & Partial<Omit<OwnedRow, 'id' | 'deleted'>>)[];
}

/** Unsaved edits of one studio, as they survive a closed tab. */
export interface UnsavedEdits {
  expected: Owned;
  mine: Owned;
  sent: SentSave | null;
}

/** What a tab leaves behind of a studio. */
export interface Kept {
  edits: UnsavedEdits | null;
  conflicts: Conflict[];
}

/** A document together with the entity tag that names it, and never apart. */
export interface Tagged {
  document: Studio;
  tag: string;
}

export type SaveState = 'saved' | 'saving' | 'offline' | 'conflict' | 'refused' | 'signed-out';

/** Something that went wrong, in plain words. */
export interface Trouble {
  id: string;
  words: string;
  retry?: () => void;
  /** What `retry` does, where that is not "try again". */
  retryWords?: string;
}

export interface PictureProgress {
  id: string;
  slotId: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  askedAt?: string;
  startedAt?: string;
  reason?: string;
  image?: Revision;
}

export interface UploadProgress {
  id: string;
  kind: 'scene' | 'product';
  name: string;
  studioId?: string;
  sceneId?: string;
  productId?: string;
  sent: number;
  size: number;
  state: 'ASKING' | 'SENDING' | 'PROCESSING' | 'READY' | 'REJECTED' | 'FAILED' | 'CANCELLED';
  reason?: string;
  cancel: () => void;
  retry: () => void;
}

export interface Clock {
  now(): number;
  setTimeout(call: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Who is signed in. Where nobody has to, `token` gives null. */
export interface Session {
  token(): Promise<string | null>;
  /** Get a new token without asking anybody; false if somebody has to sign in. */
  refresh(): Promise<boolean>;
  signIn(): void;
}

/** What localStorage is. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What navigator.locks is. */
export interface Locks {
  request(name: string, options: { signal?: AbortSignal }, held: () => Promise<unknown>): Promise<unknown>;
}

/** An event of a field. */
export type FieldEvent = Event & { currentTarget: HTMLInputElement & HTMLSelectElement };
