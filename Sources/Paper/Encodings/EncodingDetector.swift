/// What was found out about the encoding of one column.
public struct EncodingVerdict: Hashable, Sendable {
  public var encoding: ColumnEncoding
  /// 0 to 100: how much of the column reads as Vietnamese, less where another encoding reads nearly as well. 100 for
  /// plain ASCII, and for an encoding that was forced.
  public var confidence: Int
  /// A text of the column with letters beyond ASCII as it is read, the heading only if there is no other; empty if there
  /// is none.
  public var sample: String
  /// Nothing but ASCII was seen: every encoding would do.
  public var isPlain: Bool

  /// Under this a person should look at the sample.
  public static let sure = 80
}

/// Tells columns' encodings from a sample of their cells. Each column on its own: sheets are glued together from files
/// that were typed with different fonts.
struct EncodingDetector {
  private struct Column {
    /// Cells beyond ASCII that are well-formed UTF-8, less those that are not. The old encodings are hardly ever
    /// well-formed by chance; a cell or two may be broken.
    var wellFormed = 0
    var isUTF8: Bool { wellFormed >= 0 }
    var shares: [SyllableShare] = Array(repeating: SyllableShare(), count: EncodingDetector.candidates.count)
    var sample: [UInt8] = []
    /// A cell that comes again says nothing new.
    var seen: Set<[UInt8]> = []
  }

  private static let candidates: [ColumnEncoding] = [
    .utf8, ColumnEncoding(.tcvn3, isInUnicode: true), ColumnEncoding(.vni, isInUnicode: true),
    ColumnEncoding(.tcvn3), ColumnEncoding(.vni), ColumnEncoding(.windows1258),
  ]

  private var columns: [Column] = []
  private let forced: TextEncoding?

  /// - Parameter forced: used for every column; nil: find out.
  init(forced: TextEncoding? = nil) {
    self.forced = forced
  }

  mutating func add(column: Int, _ bytes: some Collection<UInt8>) {
    while columns.count <= column { columns.append(Column()) }
    guard !bytes.allSatisfy({ $0 < 0x80 }) else { return }
    guard columns[column].seen.insert(Array(bytes)).inserted else { return }
    // The first one is the heading, which is shown anyway.
    if columns[column].seen.count <= 2 { columns[column].sample = Array(bytes) }
    columns[column].wellFormed += UTF8Letters.isValid(bytes) ? 1 : -1
    // The beginning of a long text shows as much as its end.
    let start = bytes.prefix(1_024)
    for (index, candidate) in Self.candidates.enumerated() {
      columns[column].shares[index].add(candidate.decode(start))
    }
  }

  /// One verdict for each of the first `count` columns.
  func verdicts(count: Int) -> [EncodingVerdict] {
    // A column with a word or two follows the file.
    var whole: [SyllableShare] = Array(repeating: SyllableShare(), count: Self.candidates.count)
    for column in columns {
      for index in whole.indices where Self.isPossible(index, column) {
        whole[index] = whole[index] + column.shares[index]
      }
    }
    return (0..<count).map { index in
      guard index < columns.count, !columns[index].sample.isEmpty else {
        return EncodingVerdict(encoding: .utf8, confidence: 100, sample: "", isPlain: true)
      }
      return verdict(columns[index], whole: whole)
    }
  }

  private func verdict(_ column: Column, whole: [SyllableShare]) -> EncodingVerdict {
    if let forced {
      let isInUnicode = column.isUTF8 && (forced == .tcvn3 || forced == .vni)
      let encoding = ColumnEncoding(forced == .utf16 ? .utf8 : forced, isInUnicode: isInUnicode)
      return EncodingVerdict(
        encoding: encoding, confidence: 100, sample: encoding.decode(column.sample).text, isPlain: false)
    }
    let possible = Self.candidates.indices.filter { Self.isPossible($0, column) }
    let bestOfFile = possible.map { Self.weight(whole[$0]) }.max() ?? 0
    func score(_ index: Int) -> Int {
      // What the rest of the file is weighs as much as two words; that it is well-formed UTF-8 nearly as much.
      Self.weight(column.shares[index]) + max(-6, Self.weight(whole[index]) - bestOfFile) + (index == 0 ? 4 : 0)
    }
    // Of equals the earlier candidate.
    let ordered = possible.sorted { (score($0), -$0) > (score($1), -$1) }
    let best = ordered.first ?? 0
    let margin = ordered.count > 1 ? score(best) - score(ordered[1]) : 7
    // Half of the doubt goes with each point.
    let sureness = 100 - (100 >> min(7, margin))
    var confidence = sureness * column.shares[best].percent / 100
    // By itself, so that names in other languages do not look doubtful.
    if best == 0 { confidence = max(confidence, 90) }
    let encoding = Self.candidates[best]
    return EncodingVerdict(
      encoding: encoding, confidence: confidence, sample: encoding.decode(column.sample).text, isPlain: false)
  }

  /// A word that is none weighs twice against an encoding what one that is weighs for it.
  private static func weight(_ share: SyllableShare) -> Int { share.valid - 2 * (share.words - share.valid) }

  private static func isPossible(_ index: Int, _ column: Column) -> Bool {
    let candidate = candidates[index]
    return column.isUTF8 == (candidate.letters == .utf8 || candidate.isInUnicode)
  }
}
