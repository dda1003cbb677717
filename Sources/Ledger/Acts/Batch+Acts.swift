internal import Polling
internal import SQLite

extension Batch {
  /// - Parameters:
  ///   - after: the number of the register's last act that whoever decided this one knew of.
  ///   - countsKnown: the sequence up to which they knew what acts of paper count; nil: no matter.
  mutating func enter(_ act: Act, after: UInt64, countsKnown: UInt64? = nil) throws(SQLiteError) -> Outcome {
    guard act.hasPlainNames else { return .refused(.badActName) }
    if let sequence = try store.acts.sequence(act.id) {
      let earlier = try store.entries.act(sequence)
      return earlier.act.isSame(as: act)
        ? .replayed(sequence: sequence, .act(EnteredAct(number: earlier.number, sequence: sequence, act: earlier.act)))
        : .refused(.conflict)
    }
    let kind = act.register.kind
    let known = knowledge.names[act.register.name]
    let last = try known.map { (name) throws(SQLiteError) in try store.acts.last(kind, name: name) } ?? 0
    guard last == after, knowledge.lastPaperCounts <= countsKnown ?? .max else {
      return .refused(.staleAct(last: last))
    }
    for counts in act.counts {
      guard let poll = knowledge.definitions[counts.poll]?.version(counts.version), counts.problem(in: poll) == nil
      else { return .refused(.unknownPoll) }
    }
    var reversed: (sequence: UInt64, counts: [ActCounts])?
    if let number = act.reverses {
      guard let known, let sequence = try store.acts.sequence(kind, name: known, number: number),
        try !store.acts.isReversed(sequence)
      else { return .refused(.unknownAct) }
      let earlier = try store.entries.act(sequence).act
      guard earlier.countsSomething else { return .refused(.unknownAct) }
      reversed = (sequence, earlier.counts)
    }

    let name = try store.number(act.register.name, &knowledge)
    let entry = ActEntry(act, number: last + 1)
    let sequence = try append(.act) { entry.encode(into: &$0) }
    try store.acts.insert(act, name: name, number: last + 1, sequence: sequence)
    unsettled.counts.count(act.counts)
    if kind == .paper, act.countsSomething { knowledge.lastPaperCounts = sequence }
    if let reversed {
      try store.acts.insertReversal(of: reversed.sequence, sequence: sequence)
      unsettled.counts.count(reversed.counts, sign: -1)
    }
    return .entered(sequence: sequence, .act(EnteredAct(number: last + 1, sequence: sequence, act: act)))
  }
}

extension EntryTable {
  func act(_ sequence: UInt64) throws(SQLiteError) -> ActEntry {
    try read(sequence, .act) { (body) throws(FormatError) in try ActEntry(body) }
  }
}

extension CellCounts {
  /// Adds what an act counts, or with `sign` -1 takes it out again.
  mutating func count(_ counts: [ActCounts], sign: Int64 = 1) {
    for counts in counts {
      for (key, count) in counts.cells { add(sign * count, to: Cell(poll: counts.poll, key: key)) }
    }
  }
}
