internal import Polling
internal import SQLite

/// What the entries alone say of registers.
struct ActRecount {
  /// Of all rows of table `act`, and of table `reversal`.
  private(set) var rows = Fingerprint()
  private(set) var reversals = Fingerprint()
  private var registers: [Register: UInt64] = [:]
  private var ids: Set<Act.ID> = []
  /// Votes on nominees, by the name of their register, each counted anew.
  private(set) var votes: [String: NomineeVoteBook] = [:]
  /// What can be reversed: acts that count something, by register and number.
  private var counting: [Register: [UInt64: (sequence: UInt64, counts: [ActCounts])]] = [:]

  /// Takes over an act. Returns what it adds to cells (or takes away) and what is wrong with it.
  mutating func fold(
    _ entry: ActEntry, sequence: UInt64, _ definitions: Definitions
  ) -> (changes: [(counts: ActCounts, sign: Int64)], problems: [String]) {
    let (act, number) = (entry.act, entry.number)
    var problems: [String] = []
    let last = registers[act.register] ?? 0
    if number != last &+ 1 { problems.append("is act \(number) of \(act.register.words) after act \(last)") }
    if !ids.insert(act.id).inserted { problems.append("enters an act again") }
    registers[act.register] = number
    rows.add(act.register.hash &+ number, act.id.high ^ act.id.low, sequence)

    var changes: [(counts: ActCounts, sign: Int64)] = []
    for counts in act.counts {
      if let poll = definitions[counts.poll]?.version(counts.version) {
        if let problem = counts.problem(in: poll) {
          problems.append(problem)
        } else {
          changes.append((counts, 1))
        }
      } else {
        problems.append("counts in poll \(counts.poll) version \(counts.version), which is unknown")
      }
    }
    if let reversed = act.reverses {
      // Taken out, so that it cannot be reversed again.
      if let earlier = counting[act.register]?.removeValue(forKey: reversed) {
        changes += earlier.counts.map { ($0, -1) }
        reversals.add(earlier.sequence, sequence, 0)
      } else {
        problems.append("reverses act \(reversed), which counts nothing, or was reversed")
      }
    }
    if act.register.kind == .vote {
      do {
        try votes[act.register.name, default: NomineeVoteBook()].fold(
          EnteredAct(number: number, sequence: sequence, act: act))
      } catch { problems.append("does not follow: \(error.description)") }
    }
    if act.countsSomething { counting[act.register, default: [:]][number] = (sequence, act.counts) }
    return (changes, problems)
  }
}

/// Tables `act` and `reversal`, beside what the entries say.
struct ActComparison {
  private(set) var differences = Differences()

  init(_ connection: Connection, _ recount: ActRecount) throws(SQLiteError) {
    var rows = Fingerprint()
    let acts = try connection.prepare(
      "SELECT a.kind, n.text, a.number, a.act_id, a.seq FROM act a LEFT JOIN name n ON n.id = a.register")
    while try acts.step() {
      guard let kind = UInt8(exactly: acts.integer(0)).flatMap(Register.Kind.init), let name = acts.text(1),
        acts.bytes(3).count == 16
      else {
        differences.add("an act has a key without meaning")
        continue
      }
      let id = acts.bytes(3)
      let (high, low) = (
        UInt64(bigEndian: id.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: id.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
      let number = UInt64(bitPattern: acts.integer(2))
      rows.add(Register(kind, name).hash &+ number, high ^ low, UInt64(bitPattern: acts.integer(4)))
    }
    if rows != recount.rows {
      differences.add("the table of acts (\(rows.count)) is not that of the entries (\(recount.rows.count))")
    }
    var reversals = Fingerprint()
    let reversed = try connection.prepare("SELECT reversed, seq FROM reversal")
    while try reversed.step() {
      reversals.add(UInt64(bitPattern: reversed.integer(0)), UInt64(bitPattern: reversed.integer(1)), 0)
    }
    if reversals != recount.reversals {
      differences.add(
        "the table of reversals (\(reversals.count)) is not that of the entries (\(recount.reversals.count))")
    }
  }
}

extension Register {
  fileprivate var words: String { "register \(kind) \(name)" }

  fileprivate var hash: UInt64 {
    Array(name.utf8).withUnsafeBytes { Fingerprint.hash($0) } &+ UInt64(kind.rawValue)
  }
}
