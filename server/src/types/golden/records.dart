// Written by `luge types`; changes are lost when it is written again.

/// A place on the earth, in degrees.
class Point {
  const Point({required this.lon, required this.lat});

  factory Point.fromJson(Map<String, dynamic> json) =>
      Point(lon: json['lon'] as num, lat: json['lat'] as num);

  final num lon;
  final num lat;

  Map<String, dynamic> toJson() => {'lon': lon, 'lat': lat};
}

/// A record of `people`.
///
/// - list: everyone
/// - view: everyone
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
class PeopleRecord {
  const PeopleRecord({
    required this.collectionId,
    required this.collectionName,
    required this.id,
    required this.name,
    this.email,
    required this.emailVisibility,
    required this.verified,
  });

  factory PeopleRecord.fromJson(Map<String, dynamic> json) => PeopleRecord(
    collectionId: json['collectionId'] as String,
    collectionName: json['collectionName'] as String,
    id: json['id'] as String,
    name: json['name'] as String,
    email: json['email'] as String?,
    emailVisibility: json['emailVisibility'] as bool,
    verified: json['verified'] as bool,
  );

  final String collectionId;

  final String collectionName;

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String id;

  /// As people call them. * / #
  /// at most 100 characters
  final String name;

  /// an e-mail address
  final String? email;

  final bool emailVisibility;

  final bool verified;

  Map<String, dynamic> toJson() => {
    'collectionId': collectionId,
    'collectionName': collectionName,
    'id': id,
    'name': name,
    if (email != null) 'email': email,
    'emailVisibility': emailVisibility,
    'verified': verified,
  };
}

/// What creates a record of `people`.
class PeopleCreate {
  const PeopleCreate({
    this.id,
    this.generateId,
    this.name,
    required this.password,
    required this.email,
    this.emailVisibility,
    this.verified,
    required this.passwordConfirm,
  });

  factory PeopleCreate.fromJson(Map<String, dynamic> json) => PeopleCreate(
    id: json['id'] as String?,
    generateId: json['id:autogenerate'] as String?,
    name: json['name'] as String?,
    password: json['password'] as String,
    email: json['email'] as String,
    emailVisibility: json['emailVisibility'] as bool?,
    verified: json['verified'] as bool?,
    passwordConfirm: json['passwordConfirm'] as String,
  );

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String? id;

  final String? generateId;

  /// As people call them. * / #
  /// at most 100 characters
  final String? name;

  /// at least 8 characters; at most 71 characters
  final String password;

  /// an e-mail address
  final String email;

  final bool? emailVisibility;

  final bool? verified;

  final String passwordConfirm;

  Map<String, dynamic> toJson() => {
    if (id != null) 'id': id,
    if (generateId != null) 'id:autogenerate': generateId,
    if (name != null) 'name': name,
    'password': password,
    'email': email,
    if (emailVisibility != null) 'emailVisibility': emailVisibility,
    if (verified != null) 'verified': verified,
    'passwordConfirm': passwordConfirm,
  };
}

/// What changes a record of `people`; what is left out stays.
class PeopleUpdate {
  const PeopleUpdate({
    this.name,
    this.password,
    this.email,
    this.emailVisibility,
    this.verified,
    this.passwordConfirm,
    this.oldPassword,
  });

  factory PeopleUpdate.fromJson(Map<String, dynamic> json) => PeopleUpdate(
    name: json['name'] as String?,
    password: json['password'] as String?,
    email: json['email'] as String?,
    emailVisibility: json['emailVisibility'] as bool?,
    verified: json['verified'] as bool?,
    passwordConfirm: json['passwordConfirm'] as String?,
    oldPassword: json['oldPassword'] as String?,
  );

  /// As people call them. * / #
  /// at most 100 characters
  final String? name;

  /// at least 8 characters; at most 71 characters
  final String? password;

  /// an e-mail address
  final String? email;

  final bool? emailVisibility;

  final bool? verified;

  final String? passwordConfirm;

  final String? oldPassword;

  Map<String, dynamic> toJson() => {
    if (name != null) 'name': name,
    if (password != null) 'password': password,
    if (email != null) 'email': email,
    if (emailVisibility != null) 'emailVisibility': emailVisibility,
    if (verified != null) 'verified': verified,
    if (passwordConfirm != null) 'passwordConfirm': passwordConfirm,
    if (oldPassword != null) 'oldPassword': oldPassword,
  };
}

/// `state` of `kinds`.
enum KindsState {
  /// None of them.
  empty(''),
  draft('draft'),
  live('live'),
  aBCD('a "b" \'c\' \$d \\');

  const KindsState(this.value);

  final String value;

  static KindsState of(String value) => KindsState.values.firstWhere(
        (one) => one.value == value,
        orElse: () => throw ArgumentError.value(value),
      );
}

/// `colours` of `kinds`.
enum KindsColours {
  red('red'),
  red2('Red'),
  value2('дом'),
  value1('1'),
  value3('\u{2028}'),
  value4('\u{1f642}');

  const KindsColours(this.value);

  final String value;

  static KindsColours of(String value) => KindsColours.values.firstWhere(
        (one) => one.value == value,
        orElse: () => throw ArgumentError.value(value),
      );
}

/// A record of `kinds`.
///
/// - list: `owners.id ?= @request.auth.id`
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
class KindsRecord {
  const KindsRecord({
    required this.collectionId,
    required this.collectionName,
    required this.id,
    required this.title,
    required this.slug,
    required this.body,
    required this.amount,
    required this.exact,
    required this.done,
    required this.address,
    required this.home,
    required this.at,
    required this.created,
    required this.state,
    required this.colours,
    required this.cover,
    required this.papers,
    required this.owners,
    required this.parent,
    this.data,
    required this.place,
    required this.code,
    required this.type,
    required this.field2nd,
  });

  factory KindsRecord.fromJson(Map<String, dynamic> json) => KindsRecord(
    collectionId: json['collectionId'] as String,
    collectionName: json['collectionName'] as String,
    id: json['id'] as String,
    title: json['title'] as String,
    slug: json['slug'] as String,
    body: json['body'] as String,
    amount: json['amount'] as num,
    exact: json['exact'] as num,
    done: json['done'] as bool,
    address: json['address'] as String,
    home: json['home'] as String,
    at: json['at'] as String,
    created: json['created'] as String,
    state: KindsState.of(json['state'] as String),
    colours: [for (final one in json['colours'] as List<dynamic>) KindsColours.of(one as String)],
    cover: json['cover'] as String,
    papers: [for (final one in json['papers'] as List<dynamic>) one as String],
    owners: [for (final one in json['owners'] as List<dynamic>) one as String],
    parent: json['parent'] as String,
    data: json['data'],
    place: Point.fromJson(json['place'] as Map<String, dynamic>),
    code: json['code'] as String,
    type: json['type'] as String,
    field2nd: json['2nd'] as String,
  );

  final String collectionId;

  final String collectionName;

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String id;

  /// at least 3 characters; matches ^[a-z ]+$
  final String title;

  final String slug;

  /// HTML
  final String body;

  /// at least 5; at most 9.5
  final num amount;

  /// a whole number
  final num exact;

  final bool done;

  /// an e-mail address; of example.com
  final String address;

  /// a URL
  final String home;

  /// not before 2020-01-01 00:00:00.000Z
  final String at;

  final String created;

  final KindsState state;

  /// at most 3
  final List<KindsColours> colours;

  /// name of a file; image/png
  final String cover;

  /// name of a file; at most 1000 bytes; at most 5
  final List<String> papers;

  /// id of a record of people; at least 2; at most 9
  final List<String> owners;

  /// id of a record of kinds
  final String parent;

  final Object? data;

  final Point place;

  /// always empty
  final String code;

  final String type;

  final String field2nd;

  Map<String, dynamic> toJson() => {
    'collectionId': collectionId,
    'collectionName': collectionName,
    'id': id,
    'title': title,
    'slug': slug,
    'body': body,
    'amount': amount,
    'exact': exact,
    'done': done,
    'address': address,
    'home': home,
    'at': at,
    'created': created,
    'state': state.value,
    'colours': [for (final one in colours) one.value],
    'cover': cover,
    'papers': papers,
    'owners': owners,
    'parent': parent,
    'data': data,
    'place': place.toJson(),
    'code': code,
    'type': type,
    '2nd': field2nd,
  };
}

/// What creates a record of `kinds`.
class KindsCreate {
  const KindsCreate({
    this.id,
    this.generateId,
    required this.title,
    this.slug,
    this.generateSlug,
    this.body,
    this.amount,
    this.addAmount,
    this.subtractAmount,
    required this.exact,
    this.addExact,
    this.subtractExact,
    this.done,
    this.address,
    this.home,
    this.at,
    this.state,
    this.appendState,
    this.prependState,
    this.removeState,
    required this.colours,
    this.appendColours,
    this.prependColours,
    this.removeColours,
    this.cover,
    this.appendCover,
    this.prependCover,
    this.removeCover,
    this.papers,
    this.appendPapers,
    this.prependPapers,
    this.removePapers,
    this.owners,
    this.appendOwners,
    this.prependOwners,
    this.removeOwners,
    this.parent,
    this.appendParent,
    this.prependParent,
    this.removeParent,
    this.data,
    this.place,
    this.code,
    this.type,
    this.field2nd,
  });

  factory KindsCreate.fromJson(Map<String, dynamic> json) => KindsCreate(
    id: json['id'] as String?,
    generateId: json['id:autogenerate'] as String?,
    title: json['title'] as String,
    slug: json['slug'] as String?,
    generateSlug: json['slug:autogenerate'] as String?,
    body: json['body'] as String?,
    amount: json['amount'] as num?,
    addAmount: json['amount+'] as num?,
    subtractAmount: json['amount-'] as num?,
    exact: json['exact'] as num,
    addExact: json['exact+'] as num?,
    subtractExact: json['exact-'] as num?,
    done: json['done'] as bool?,
    address: json['address'] as String?,
    home: json['home'] as String?,
    at: json['at'] as String?,
    state: json['state'] == null ? null : KindsState.of(json['state'] as String),
    appendState: json['state+'] == null ? null : KindsState.of(json['state+'] as String),
    prependState: json['+state'] == null ? null : KindsState.of(json['+state'] as String),
    removeState: json['state-'] == null ? null : KindsState.of(json['state-'] as String),
    colours: [for (final one in json['colours'] as List<dynamic>) KindsColours.of(one as String)],
    appendColours: json['colours+'] == null ? null : [for (final one in json['colours+'] as List<dynamic>) KindsColours.of(one as String)],
    prependColours: json['+colours'] == null ? null : [for (final one in json['+colours'] as List<dynamic>) KindsColours.of(one as String)],
    removeColours: json['colours-'] == null ? null : [for (final one in json['colours-'] as List<dynamic>) KindsColours.of(one as String)],
    cover: json['cover'] as String?,
    appendCover: json['cover+'] as String?,
    prependCover: json['+cover'] as String?,
    removeCover: json['cover-'] as String?,
    papers: json['papers'] == null ? null : [for (final one in json['papers'] as List<dynamic>) one as String],
    appendPapers: json['papers+'] == null ? null : [for (final one in json['papers+'] as List<dynamic>) one as String],
    prependPapers: json['+papers'] == null ? null : [for (final one in json['+papers'] as List<dynamic>) one as String],
    removePapers: json['papers-'] == null ? null : [for (final one in json['papers-'] as List<dynamic>) one as String],
    owners: json['owners'] == null ? null : [for (final one in json['owners'] as List<dynamic>) one as String],
    appendOwners: json['owners+'] == null ? null : [for (final one in json['owners+'] as List<dynamic>) one as String],
    prependOwners: json['+owners'] == null ? null : [for (final one in json['+owners'] as List<dynamic>) one as String],
    removeOwners: json['owners-'] == null ? null : [for (final one in json['owners-'] as List<dynamic>) one as String],
    parent: json['parent'] as String?,
    appendParent: json['parent+'] as String?,
    prependParent: json['+parent'] as String?,
    removeParent: json['parent-'] as String?,
    data: json['data'],
    place: json['place'] == null ? null : Point.fromJson(json['place'] as Map<String, dynamic>),
    code: json['code'] as String?,
    type: json['type'] as String?,
    field2nd: json['2nd'] as String?,
  );

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String? id;

  final String? generateId;

  /// at least 3 characters; matches ^[a-z ]+$
  final String title;

  final String? slug;

  final String? generateSlug;

  /// HTML
  final String? body;

  /// at least 5; at most 9.5
  final num? amount;

  final num? addAmount;

  final num? subtractAmount;

  /// a whole number
  final num exact;

  final num? addExact;

  final num? subtractExact;

  final bool? done;

  /// an e-mail address; of example.com
  final String? address;

  /// a URL
  final String? home;

  /// not before 2020-01-01 00:00:00.000Z
  final String? at;

  final KindsState? state;

  final KindsState? appendState;

  final KindsState? prependState;

  final KindsState? removeState;

  /// at most 3
  final List<KindsColours> colours;

  final List<KindsColours>? appendColours;

  final List<KindsColours>? prependColours;

  final List<KindsColours>? removeColours;

  /// name of a file; image/png
  final String? cover;

  final String? appendCover;

  final String? prependCover;

  final String? removeCover;

  /// name of a file; at most 1000 bytes; at most 5
  final List<String>? papers;

  final List<String>? appendPapers;

  final List<String>? prependPapers;

  final List<String>? removePapers;

  /// id of a record of people; at least 2; at most 9
  final List<String>? owners;

  final List<String>? appendOwners;

  final List<String>? prependOwners;

  final List<String>? removeOwners;

  /// id of a record of kinds
  final String? parent;

  final String? appendParent;

  final String? prependParent;

  final String? removeParent;

  final Object? data;

  final Point? place;

  /// at least 8 characters; at most 71 characters
  final String? code;

  final String? type;

  final String? field2nd;

  Map<String, dynamic> toJson() => {
    if (id != null) 'id': id,
    if (generateId != null) 'id:autogenerate': generateId,
    'title': title,
    if (slug != null) 'slug': slug,
    if (generateSlug != null) 'slug:autogenerate': generateSlug,
    if (body != null) 'body': body,
    if (amount != null) 'amount': amount,
    if (addAmount != null) 'amount+': addAmount,
    if (subtractAmount != null) 'amount-': subtractAmount,
    'exact': exact,
    if (addExact != null) 'exact+': addExact,
    if (subtractExact != null) 'exact-': subtractExact,
    if (done != null) 'done': done,
    if (address != null) 'address': address,
    if (home != null) 'home': home,
    if (at != null) 'at': at,
    if (state != null) 'state': state!.value,
    if (appendState != null) 'state+': appendState!.value,
    if (prependState != null) '+state': prependState!.value,
    if (removeState != null) 'state-': removeState!.value,
    'colours': [for (final one in colours) one.value],
    if (appendColours != null) 'colours+': [for (final one in appendColours!) one.value],
    if (prependColours != null) '+colours': [for (final one in prependColours!) one.value],
    if (removeColours != null) 'colours-': [for (final one in removeColours!) one.value],
    if (cover != null) 'cover': cover,
    if (appendCover != null) 'cover+': appendCover,
    if (prependCover != null) '+cover': prependCover,
    if (removeCover != null) 'cover-': removeCover,
    if (papers != null) 'papers': papers,
    if (appendPapers != null) 'papers+': appendPapers,
    if (prependPapers != null) '+papers': prependPapers,
    if (removePapers != null) 'papers-': removePapers,
    if (owners != null) 'owners': owners,
    if (appendOwners != null) 'owners+': appendOwners,
    if (prependOwners != null) '+owners': prependOwners,
    if (removeOwners != null) 'owners-': removeOwners,
    if (parent != null) 'parent': parent,
    if (appendParent != null) 'parent+': appendParent,
    if (prependParent != null) '+parent': prependParent,
    if (removeParent != null) 'parent-': removeParent,
    if (data != null) 'data': data,
    if (place != null) 'place': place!.toJson(),
    if (code != null) 'code': code,
    if (type != null) 'type': type,
    if (field2nd != null) '2nd': field2nd,
  };
}

/// What changes a record of `kinds`; what is left out stays.
class KindsUpdate {
  const KindsUpdate({
    this.title,
    this.slug,
    this.generateSlug,
    this.body,
    this.amount,
    this.addAmount,
    this.subtractAmount,
    this.exact,
    this.addExact,
    this.subtractExact,
    this.done,
    this.address,
    this.home,
    this.at,
    this.state,
    this.appendState,
    this.prependState,
    this.removeState,
    this.colours,
    this.appendColours,
    this.prependColours,
    this.removeColours,
    this.cover,
    this.appendCover,
    this.prependCover,
    this.removeCover,
    this.papers,
    this.appendPapers,
    this.prependPapers,
    this.removePapers,
    this.owners,
    this.appendOwners,
    this.prependOwners,
    this.removeOwners,
    this.parent,
    this.appendParent,
    this.prependParent,
    this.removeParent,
    this.data,
    this.place,
    this.code,
    this.type,
    this.field2nd,
  });

  factory KindsUpdate.fromJson(Map<String, dynamic> json) => KindsUpdate(
    title: json['title'] as String?,
    slug: json['slug'] as String?,
    generateSlug: json['slug:autogenerate'] as String?,
    body: json['body'] as String?,
    amount: json['amount'] as num?,
    addAmount: json['amount+'] as num?,
    subtractAmount: json['amount-'] as num?,
    exact: json['exact'] as num?,
    addExact: json['exact+'] as num?,
    subtractExact: json['exact-'] as num?,
    done: json['done'] as bool?,
    address: json['address'] as String?,
    home: json['home'] as String?,
    at: json['at'] as String?,
    state: json['state'] == null ? null : KindsState.of(json['state'] as String),
    appendState: json['state+'] == null ? null : KindsState.of(json['state+'] as String),
    prependState: json['+state'] == null ? null : KindsState.of(json['+state'] as String),
    removeState: json['state-'] == null ? null : KindsState.of(json['state-'] as String),
    colours: json['colours'] == null ? null : [for (final one in json['colours'] as List<dynamic>) KindsColours.of(one as String)],
    appendColours: json['colours+'] == null ? null : [for (final one in json['colours+'] as List<dynamic>) KindsColours.of(one as String)],
    prependColours: json['+colours'] == null ? null : [for (final one in json['+colours'] as List<dynamic>) KindsColours.of(one as String)],
    removeColours: json['colours-'] == null ? null : [for (final one in json['colours-'] as List<dynamic>) KindsColours.of(one as String)],
    cover: json['cover'] as String?,
    appendCover: json['cover+'] as String?,
    prependCover: json['+cover'] as String?,
    removeCover: json['cover-'] as String?,
    papers: json['papers'] == null ? null : [for (final one in json['papers'] as List<dynamic>) one as String],
    appendPapers: json['papers+'] == null ? null : [for (final one in json['papers+'] as List<dynamic>) one as String],
    prependPapers: json['+papers'] == null ? null : [for (final one in json['+papers'] as List<dynamic>) one as String],
    removePapers: json['papers-'] == null ? null : [for (final one in json['papers-'] as List<dynamic>) one as String],
    owners: json['owners'] == null ? null : [for (final one in json['owners'] as List<dynamic>) one as String],
    appendOwners: json['owners+'] == null ? null : [for (final one in json['owners+'] as List<dynamic>) one as String],
    prependOwners: json['+owners'] == null ? null : [for (final one in json['+owners'] as List<dynamic>) one as String],
    removeOwners: json['owners-'] == null ? null : [for (final one in json['owners-'] as List<dynamic>) one as String],
    parent: json['parent'] as String?,
    appendParent: json['parent+'] as String?,
    prependParent: json['+parent'] as String?,
    removeParent: json['parent-'] as String?,
    data: json['data'],
    place: json['place'] == null ? null : Point.fromJson(json['place'] as Map<String, dynamic>),
    code: json['code'] as String?,
    type: json['type'] as String?,
    field2nd: json['2nd'] as String?,
  );

  /// at least 3 characters; matches ^[a-z ]+$
  final String? title;

  final String? slug;

  final String? generateSlug;

  /// HTML
  final String? body;

  /// at least 5; at most 9.5
  final num? amount;

  final num? addAmount;

  final num? subtractAmount;

  /// a whole number
  final num? exact;

  final num? addExact;

  final num? subtractExact;

  final bool? done;

  /// an e-mail address; of example.com
  final String? address;

  /// a URL
  final String? home;

  /// not before 2020-01-01 00:00:00.000Z
  final String? at;

  final KindsState? state;

  final KindsState? appendState;

  final KindsState? prependState;

  final KindsState? removeState;

  /// at most 3
  final List<KindsColours>? colours;

  final List<KindsColours>? appendColours;

  final List<KindsColours>? prependColours;

  final List<KindsColours>? removeColours;

  /// name of a file; image/png
  final String? cover;

  final String? appendCover;

  final String? prependCover;

  final String? removeCover;

  /// name of a file; at most 1000 bytes; at most 5
  final List<String>? papers;

  final List<String>? appendPapers;

  final List<String>? prependPapers;

  final List<String>? removePapers;

  /// id of a record of people; at least 2; at most 9
  final List<String>? owners;

  final List<String>? appendOwners;

  final List<String>? prependOwners;

  final List<String>? removeOwners;

  /// id of a record of kinds
  final String? parent;

  final String? appendParent;

  final String? prependParent;

  final String? removeParent;

  final Object? data;

  final Point? place;

  /// at least 8 characters; at most 71 characters
  final String? code;

  final String? type;

  final String? field2nd;

  Map<String, dynamic> toJson() => {
    if (title != null) 'title': title,
    if (slug != null) 'slug': slug,
    if (generateSlug != null) 'slug:autogenerate': generateSlug,
    if (body != null) 'body': body,
    if (amount != null) 'amount': amount,
    if (addAmount != null) 'amount+': addAmount,
    if (subtractAmount != null) 'amount-': subtractAmount,
    if (exact != null) 'exact': exact,
    if (addExact != null) 'exact+': addExact,
    if (subtractExact != null) 'exact-': subtractExact,
    if (done != null) 'done': done,
    if (address != null) 'address': address,
    if (home != null) 'home': home,
    if (at != null) 'at': at,
    if (state != null) 'state': state!.value,
    if (appendState != null) 'state+': appendState!.value,
    if (prependState != null) '+state': prependState!.value,
    if (removeState != null) 'state-': removeState!.value,
    if (colours != null) 'colours': [for (final one in colours!) one.value],
    if (appendColours != null) 'colours+': [for (final one in appendColours!) one.value],
    if (prependColours != null) '+colours': [for (final one in prependColours!) one.value],
    if (removeColours != null) 'colours-': [for (final one in removeColours!) one.value],
    if (cover != null) 'cover': cover,
    if (appendCover != null) 'cover+': appendCover,
    if (prependCover != null) '+cover': prependCover,
    if (removeCover != null) 'cover-': removeCover,
    if (papers != null) 'papers': papers,
    if (appendPapers != null) 'papers+': appendPapers,
    if (prependPapers != null) '+papers': prependPapers,
    if (removePapers != null) 'papers-': removePapers,
    if (owners != null) 'owners': owners,
    if (appendOwners != null) 'owners+': appendOwners,
    if (prependOwners != null) '+owners': prependOwners,
    if (removeOwners != null) 'owners-': removeOwners,
    if (parent != null) 'parent': parent,
    if (appendParent != null) 'parent+': appendParent,
    if (prependParent != null) '+parent': prependParent,
    if (removeParent != null) 'parent-': removeParent,
    if (data != null) 'data': data,
    if (place != null) 'place': place!.toJson(),
    if (code != null) 'code': code,
    if (type != null) 'type': type,
    if (field2nd != null) '2nd': field2nd,
  };
}

/// A record of `my_kinds`.
///
/// - list: superusers only
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
class MyKindsRecord {
  const MyKindsRecord({
    required this.collectionId,
    required this.collectionName,
    required this.id,
    required this.kind,
  });

  factory MyKindsRecord.fromJson(Map<String, dynamic> json) => MyKindsRecord(
    collectionId: json['collectionId'] as String,
    collectionName: json['collectionName'] as String,
    id: json['id'] as String,
    kind: json['kind'] as String,
  );

  final String collectionId;

  final String collectionName;

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String id;

  /// id of a record of kinds
  final String kind;

  Map<String, dynamic> toJson() => {
    'collectionId': collectionId,
    'collectionName': collectionName,
    'id': id,
    'kind': kind,
  };
}

/// What creates a record of `my_kinds`.
class MyKindsCreate {
  const MyKindsCreate({
    this.id,
    this.generateId,
    required this.kind,
    this.appendKind,
    this.prependKind,
    this.removeKind,
  });

  factory MyKindsCreate.fromJson(Map<String, dynamic> json) => MyKindsCreate(
    id: json['id'] as String?,
    generateId: json['id:autogenerate'] as String?,
    kind: json['kind'] as String,
    appendKind: json['kind+'] as String?,
    prependKind: json['+kind'] as String?,
    removeKind: json['kind-'] as String?,
  );

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String? id;

  final String? generateId;

  /// id of a record of kinds
  final String kind;

  final String? appendKind;

  final String? prependKind;

  final String? removeKind;

  Map<String, dynamic> toJson() => {
    if (id != null) 'id': id,
    if (generateId != null) 'id:autogenerate': generateId,
    'kind': kind,
    if (appendKind != null) 'kind+': appendKind,
    if (prependKind != null) '+kind': prependKind,
    if (removeKind != null) 'kind-': removeKind,
  };
}

/// What changes a record of `my_kinds`; what is left out stays.
class MyKindsUpdate {
  const MyKindsUpdate({
    this.kind,
    this.appendKind,
    this.prependKind,
    this.removeKind,
  });

  factory MyKindsUpdate.fromJson(Map<String, dynamic> json) => MyKindsUpdate(
    kind: json['kind'] as String?,
    appendKind: json['kind+'] as String?,
    prependKind: json['+kind'] as String?,
    removeKind: json['kind-'] as String?,
  );

  /// id of a record of kinds
  final String? kind;

  final String? appendKind;

  final String? prependKind;

  final String? removeKind;

  Map<String, dynamic> toJson() => {
    if (kind != null) 'kind': kind,
    if (appendKind != null) 'kind+': appendKind,
    if (prependKind != null) '+kind': prependKind,
    if (removeKind != null) 'kind-': removeKind,
  };
}

/// `record` of `_2024`.
enum Collection2024Record2 {
  /// None of them.
  empty(''),
  self('self'),
  self2('Self'),
  class2('class');

  const Collection2024Record2(this.value);

  final String value;

  static Collection2024Record2 of(String value) => Collection2024Record2.values.firstWhere(
        (one) => one.value == value,
        orElse: () => throw ArgumentError.value(value),
      );
}

/// A record of `_2024`.
///
/// - list: superusers only
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
class Collection2024Record {
  const Collection2024Record({
    required this.collectionId,
    required this.collectionName,
    required this.id,
    required this.record,
    required this.self,
  });

  factory Collection2024Record.fromJson(Map<String, dynamic> json) => Collection2024Record(
    collectionId: json['collectionId'] as String,
    collectionName: json['collectionName'] as String,
    id: json['id'] as String,
    record: Collection2024Record2.of(json['record'] as String),
    self: json['self'] as bool,
  );

  final String collectionId;

  final String collectionName;

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String id;

  final Collection2024Record2 record;

  final bool self;

  Map<String, dynamic> toJson() => {
    'collectionId': collectionId,
    'collectionName': collectionName,
    'id': id,
    'record': record.value,
    'self': self,
  };
}

/// What creates a record of `_2024`.
class Collection2024Create {
  const Collection2024Create({
    this.id,
    this.generateId,
    this.record,
    this.appendRecord,
    this.prependRecord,
    this.removeRecord,
    this.self,
  });

  factory Collection2024Create.fromJson(Map<String, dynamic> json) => Collection2024Create(
    id: json['id'] as String?,
    generateId: json['id:autogenerate'] as String?,
    record: json['record'] == null ? null : Collection2024Record2.of(json['record'] as String),
    appendRecord: json['record+'] == null ? null : Collection2024Record2.of(json['record+'] as String),
    prependRecord: json['+record'] == null ? null : Collection2024Record2.of(json['+record'] as String),
    removeRecord: json['record-'] == null ? null : Collection2024Record2.of(json['record-'] as String),
    self: json['self'] as bool?,
  );

  /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
  final String? id;

  final String? generateId;

  final Collection2024Record2? record;

  final Collection2024Record2? appendRecord;

  final Collection2024Record2? prependRecord;

  final Collection2024Record2? removeRecord;

  final bool? self;

  Map<String, dynamic> toJson() => {
    if (id != null) 'id': id,
    if (generateId != null) 'id:autogenerate': generateId,
    if (record != null) 'record': record!.value,
    if (appendRecord != null) 'record+': appendRecord!.value,
    if (prependRecord != null) '+record': prependRecord!.value,
    if (removeRecord != null) 'record-': removeRecord!.value,
    if (self != null) 'self': self,
  };
}

/// What changes a record of `_2024`; what is left out stays.
class Collection2024Update {
  const Collection2024Update({
    this.record,
    this.appendRecord,
    this.prependRecord,
    this.removeRecord,
    this.self,
  });

  factory Collection2024Update.fromJson(Map<String, dynamic> json) => Collection2024Update(
    record: json['record'] == null ? null : Collection2024Record2.of(json['record'] as String),
    appendRecord: json['record+'] == null ? null : Collection2024Record2.of(json['record+'] as String),
    prependRecord: json['+record'] == null ? null : Collection2024Record2.of(json['+record'] as String),
    removeRecord: json['record-'] == null ? null : Collection2024Record2.of(json['record-'] as String),
    self: json['self'] as bool?,
  );

  final Collection2024Record2? record;

  final Collection2024Record2? appendRecord;

  final Collection2024Record2? prependRecord;

  final Collection2024Record2? removeRecord;

  final bool? self;

  Map<String, dynamic> toJson() => {
    if (record != null) 'record': record!.value,
    if (appendRecord != null) 'record+': appendRecord!.value,
    if (prependRecord != null) '+record': prependRecord!.value,
    if (removeRecord != null) 'record-': removeRecord!.value,
    if (self != null) 'self': self,
  };
}
