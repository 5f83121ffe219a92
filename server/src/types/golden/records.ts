// Written by `luge types`; changes are lost when it is written again.

/** Every collection, for `createClient<Schema>(url)`. */
export interface Schema {
  people: {
    record: PeopleRecord;
    create: PeopleCreate;
    update: PeopleUpdate;
    relations: {
      kinds_via_owners: ["kinds"];
    };
  };
  kinds: {
    record: KindsRecord;
    create: KindsCreate;
    update: KindsUpdate;
    relations: {
      owners: ["people"];
      parent: "kinds";
      kinds_via_parent: ["kinds"];
      my_kinds_via_kind: "my_kinds";
    };
  };
  my_kinds: {
    record: MyKindsRecord;
    create: MyKindsCreate;
    update: MyKindsUpdate;
    relations: {
      kind: "kinds";
    };
  };
  _2024: {
    record: Collection2024Record;
    create: Collection2024Create;
    update: Collection2024Update;
    relations: {};
  };
}

/**
 * A record of `people`.
 *
 * - list: everyone
 * - view: everyone
 * - create: superusers only
 * - update: superusers only
 * - delete: superusers only
 */
export interface PeopleRecord {
  collectionId: string;
  collectionName: "people";
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id: string;
  /**
   * As people call them. * / #
   * at most 100 characters
   */
  name: string;
  /** an e-mail address */
  email?: string;
  emailVisibility: boolean;
  verified: boolean;
}

/** What creates a record of `people`. */
export interface PeopleCreate {
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id?: string;
  "id:autogenerate"?: string;
  /**
   * As people call them. * / #
   * at most 100 characters
   */
  name?: string;
  /** at least 8 characters; at most 71 characters */
  password: string;
  /** an e-mail address */
  email: string;
  emailVisibility?: boolean;
  verified?: boolean;
  passwordConfirm: string;
}

/** What changes a record of `people`; what is left out stays. */
export interface PeopleUpdate {
  /**
   * As people call them. * / #
   * at most 100 characters
   */
  name?: string;
  /** at least 8 characters; at most 71 characters */
  password?: string;
  /** an e-mail address */
  email?: string;
  emailVisibility?: boolean;
  verified?: boolean;
  passwordConfirm?: string;
  oldPassword?: string;
}

export type KindsState = "draft" | "live" | "a \"b\" 'c' $d \\";

export type KindsColours = "red" | "Red" | "дом" | "1" | " " | "🙂";

/**
 * A record of `kinds`.
 *
 * - list: `owners.id ?= @request.auth.id`
 * - view: superusers only
 * - create: superusers only
 * - update: superusers only
 * - delete: superusers only
 */
export interface KindsRecord {
  collectionId: string;
  collectionName: "kinds";
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id: string;
  /** at least 3 characters; matches ^[a-z ]+$ */
  title: string;
  slug: string;
  /** HTML */
  body: string;
  /** at least 5; at most 9.5 */
  amount: number;
  /** a whole number */
  exact: number;
  done: boolean;
  /** an e-mail address; of example.com */
  address: string;
  /** a URL */
  home: string;
  /** not before 2020-01-01 00:00:00.000Z */
  at: string;
  created: string;
  state: KindsState | "";
  /** at most 3 */
  colours: KindsColours[];
  /** name of a file; image/png */
  cover: string;
  /** name of a file; at most 1000 bytes; at most 5 */
  papers: string[];
  /** id of a record of people; at least 2; at most 9 */
  owners: string[];
  /** id of a record of kinds */
  parent: string;
  data: unknown;
  place: { lon: number; lat: number };
  /** always empty */
  code: string;
  type: string;
  "2nd": string;
}

/** What creates a record of `kinds`. */
export interface KindsCreate {
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id?: string;
  "id:autogenerate"?: string;
  /** at least 3 characters; matches ^[a-z ]+$ */
  title: string;
  slug?: string;
  "slug:autogenerate"?: string;
  /** HTML */
  body?: string;
  /** at least 5; at most 9.5 */
  amount?: number;
  "amount+"?: number;
  "amount-"?: number;
  /** a whole number */
  exact: number;
  "exact+"?: number;
  "exact-"?: number;
  done?: boolean;
  /** an e-mail address; of example.com */
  address?: string;
  /** a URL */
  home?: string;
  /** not before 2020-01-01 00:00:00.000Z */
  at?: string | Date;
  state?: KindsState | "";
  "state+"?: KindsState;
  "+state"?: KindsState;
  "state-"?: KindsState;
  /** at most 3 */
  colours: KindsColours[];
  "colours+"?: KindsColours | KindsColours[];
  "+colours"?: KindsColours | KindsColours[];
  "colours-"?: KindsColours | KindsColours[];
  /** name of a file; image/png */
  cover?: Blob | string;
  "cover+"?: Blob | string;
  "+cover"?: Blob | string;
  "cover-"?: string;
  /** name of a file; at most 1000 bytes; at most 5 */
  papers?: Blob[] | string[];
  "papers+"?: Blob | string | Blob[] | string[];
  "+papers"?: Blob | string | Blob[] | string[];
  "papers-"?: string | string[];
  /** id of a record of people; at least 2; at most 9 */
  owners?: string[];
  "owners+"?: string | string[];
  "+owners"?: string | string[];
  "owners-"?: string | string[];
  /** id of a record of kinds */
  parent?: string;
  "parent+"?: string;
  "+parent"?: string;
  "parent-"?: string;
  data?: unknown;
  place?: { lon: number; lat: number };
  /** at least 8 characters; at most 71 characters */
  code?: string;
  type?: string;
  "2nd"?: string;
}

/** What changes a record of `kinds`; what is left out stays. */
export interface KindsUpdate {
  /** at least 3 characters; matches ^[a-z ]+$ */
  title?: string;
  slug?: string;
  "slug:autogenerate"?: string;
  /** HTML */
  body?: string;
  /** at least 5; at most 9.5 */
  amount?: number;
  "amount+"?: number;
  "amount-"?: number;
  /** a whole number */
  exact?: number;
  "exact+"?: number;
  "exact-"?: number;
  done?: boolean;
  /** an e-mail address; of example.com */
  address?: string;
  /** a URL */
  home?: string;
  /** not before 2020-01-01 00:00:00.000Z */
  at?: string | Date;
  state?: KindsState | "";
  "state+"?: KindsState;
  "+state"?: KindsState;
  "state-"?: KindsState;
  /** at most 3 */
  colours?: KindsColours[];
  "colours+"?: KindsColours | KindsColours[];
  "+colours"?: KindsColours | KindsColours[];
  "colours-"?: KindsColours | KindsColours[];
  /** name of a file; image/png */
  cover?: Blob | string;
  "cover+"?: Blob | string;
  "+cover"?: Blob | string;
  "cover-"?: string;
  /** name of a file; at most 1000 bytes; at most 5 */
  papers?: Blob[] | string[];
  "papers+"?: Blob | string | Blob[] | string[];
  "+papers"?: Blob | string | Blob[] | string[];
  "papers-"?: string | string[];
  /** id of a record of people; at least 2; at most 9 */
  owners?: string[];
  "owners+"?: string | string[];
  "+owners"?: string | string[];
  "owners-"?: string | string[];
  /** id of a record of kinds */
  parent?: string;
  "parent+"?: string;
  "+parent"?: string;
  "parent-"?: string;
  data?: unknown;
  place?: { lon: number; lat: number };
  /** at least 8 characters; at most 71 characters */
  code?: string;
  type?: string;
  "2nd"?: string;
}

/**
 * A record of `my_kinds`.
 *
 * - list: superusers only
 * - view: superusers only
 * - create: superusers only
 * - update: superusers only
 * - delete: superusers only
 */
export interface MyKindsRecord {
  collectionId: string;
  collectionName: "my_kinds";
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id: string;
  /** id of a record of kinds */
  kind: string;
}

/** What creates a record of `my_kinds`. */
export interface MyKindsCreate {
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id?: string;
  "id:autogenerate"?: string;
  /** id of a record of kinds */
  kind: string;
  "kind+"?: string;
  "+kind"?: string;
  "kind-"?: string;
}

/** What changes a record of `my_kinds`; what is left out stays. */
export interface MyKindsUpdate {
  /** id of a record of kinds */
  kind?: string;
  "kind+"?: string;
  "+kind"?: string;
  "kind-"?: string;
}

export type Collection2024Record2 = "self" | "Self" | "class";

/**
 * A record of `_2024`.
 *
 * - list: superusers only
 * - view: superusers only
 * - create: superusers only
 * - update: superusers only
 * - delete: superusers only
 */
export interface Collection2024Record {
  collectionId: string;
  collectionName: "_2024";
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id: string;
  record: Collection2024Record2 | "";
  self: boolean;
}

/** What creates a record of `_2024`. */
export interface Collection2024Create {
  /** at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$ */
  id?: string;
  "id:autogenerate"?: string;
  record?: Collection2024Record2 | "";
  "record+"?: Collection2024Record2;
  "+record"?: Collection2024Record2;
  "record-"?: Collection2024Record2;
  self?: boolean;
}

/** What changes a record of `_2024`; what is left out stays. */
export interface Collection2024Update {
  record?: Collection2024Record2 | "";
  "record+"?: Collection2024Record2;
  "+record"?: Collection2024Record2;
  "record-"?: Collection2024Record2;
  self?: boolean;
}
