/// A sample of the sheets of a batch, held against what was entered, by an auditor.
///
/// Drawn as Rivest's `sampler.py` and P. B. Stark's "Pseudo-Random Number Generator using SHA-256"
/// (https://www.stat.berkeley.edu/~stark/Java/Html/sha256Rand.htm) draw: for k = 1, 2, 3 … sheet 1 + (SHA-256 of the seed's
/// UTF-8, a comma and k in decimal, as one number, most significant byte first) mod the number of sheets; one that was drawn
/// is passed over. So `printf 'SEED,1' | sha256sum` begins it, whoever wants to check. More sheets by the same seed add to
/// those that were drawn, until something was found of one of them: who goes on until the result suits has no bound. From
/// then on all sheets can be drawn, and no other number: that is no sample any more.
public struct PaperAudit: Hashable, Sendable {
  public enum Verdict: UInt8, Hashable, Sendable, CaseIterable {
    /// The sheet says what was entered, all of it.
    case match = 1
    case mismatch = 2
  }

  public struct Finding: Hashable, Sendable {
    public var sheet: UInt64
    public var verdict: Verdict

    public init(sheet: UInt64, _ verdict: Verdict) {
      self.sheet = sheet
      self.verdict = verdict
    }
  }

  /// What somebody found of a sheet; of several for one, the last.
  public struct Record: Hashable, Sendable {
    public var verdict: Verdict
    /// Unit and name.
    public var by: String
    public var at: Timestamp
    public var why: String
    /// Of its act.
    public var number: UInt64
  }

  public static let mostSheets: UInt64 = 2_000
  public static let longestSeed = 128

  public private(set) var seed: String
  /// How many sheets there are.
  public private(set) var population: UInt64
  /// From 1, in the order in which they were drawn.
  public private(set) var drawn: [UInt64]
  public private(set) var records: [UInt64: Record] = [:]

  /// - Parameter earlier: what was drawn of these sheets before: the same seed, and fewer.
  static func drawing(
    _ sheets: UInt64, seed: String, of population: UInt64, after earlier: PaperAudit?
  ) throws(PaperRefusal) -> PaperAudit {
    guard (1...longestSeed).contains(seed.utf8.count), seed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .invalid([Violation("draw.seed", "must be 1 to \(longestSeed) printable ASCII characters without spaces")])
    }
    let most = min(mostSheets, population)
    guard sheets >= 1, sheets <= most else {
      throw .invalid([Violation("draw.sheets", "must be 1 to \(most)")])
    }
    if let earlier {
      guard earlier.seed == seed, earlier.drawn.count < sheets else {
        throw .drawnOtherwise(seed: earlier.seed, sheets: UInt64(earlier.drawn.count))
      }
      guard earlier.records.isEmpty || sheets == population else {
        throw .auditBegun(sheets: UInt64(earlier.drawn.count), population: population)
      }
    }
    var audit = PaperAudit(seed: seed, population: population, drawn: draw(sheets, seed: seed, of: population))
    audit.records = earlier?.records ?? [:]
    return audit
  }

  private init(seed: String, population: UInt64, drawn: [UInt64]) {
    self.seed = seed
    self.population = population
    self.drawn = drawn
  }

  /// - Parameter sheets: as many as there are, at most.
  public static func draw(_ sheets: UInt64, seed: String, of population: UInt64) -> [UInt64] {
    var drawn: [UInt64] = []
    var seen: Set<UInt64> = []
    var number: UInt64 = 0
    while UInt64(drawn.count) < min(sheets, population) {
      number += 1
      let digest = SHA256.digest(of: Array("\(seed),\(number)".utf8))
      // No batch has 2⁵⁶ rows.
      let sheet = 1 + digest.reduce(0) { ($0 << 8 | UInt64($1)) % population }
      if seen.insert(sheet).inserted { drawn.append(sheet) }
    }
    return drawn
  }

  mutating func record(
    _ findings: [Finding], _ why: String, by person: String, at: Timestamp, number: UInt64
  ) throws(PaperRefusal) {
    guard (1...drawn.count).contains(findings.count), Set(findings.map(\.sheet)).count == findings.count else {
      throw .invalid([Violation("record", "must be of 1 to \(drawn.count) sheets, each once")])
    }
    let known = Set(drawn)
    for finding in findings {
      guard known.contains(finding.sheet) else { throw .sheetNotDrawn(finding.sheet) }
      // What was found before is not taken back in passing.
      if let before = records[finding.sheet], before.verdict != finding.verdict, why.isEmpty { throw .reasonNeeded }
    }
    for finding in findings {
      records[finding.sheet] = Record(verdict: finding.verdict, by: person, at: at, why: why, number: number)
    }
  }
}

extension PaperAudit {
  /// What follows of all sheets, with a confidence of 95 %.
  public struct Bound: Hashable, Sendable {
    /// Sheets that do not match, and those that were drawn and not looked at: as if they did not.
    public var notMatching: UInt64
    /// So many of all sheets do not match at most (``Hypergeometric/upperBound(population:sample:found:risk:)``).
    public var mostSheets: UInt64
    /// On the largest so many sheets: so many answers to a question are wrong at most, as long as sheets have as many
    /// questionnaires as they say.
    public var mostQuestionnaires: Int64

    /// Where the share of the two best levels lies: all that may be wrong may be wrong in one direction.
    public func share(_ top: Proportion) -> (lower: Proportion?, upper: Proportion?) {
      let most = UInt64(clamping: mostQuestionnaires)
      let count = top.count
      return (
        Proportion(count - min(count, most), of: top.total),
        Proportion(count + min(top.total - count, most), of: top.total)
      )
    }
  }

  public func bound(_ sheets: PaperSheets) -> Bound {
    let matching = records.values.count { $0.verdict == .match }
    let notMatching = UInt64(drawn.count - matching)
    let most = Hypergeometric.upperBound(
      population: population, sample: UInt64(drawn.count), found: notMatching, risk: 0.05)
    return Bound(
      notMatching: notMatching, mostSheets: most, mostQuestionnaires: sheets.questionnaires(onLargest: most))
  }
}
