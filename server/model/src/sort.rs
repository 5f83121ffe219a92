//! The `sort` parameter: `-a,+b,@random,@rowid` (contract §3.4).
