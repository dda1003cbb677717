/// One row as it stands in the file: bytes, nothing read into them yet.
public struct SourceRow: Sendable {
  public enum Kind: UInt8, Sendable {
    case text
    /// A number of a workbook, as the file writes it: `45853`, `1.5E3`.
    case number
    /// A number that the workbook shows as a day.
    case day
    /// A number that the workbook shows as a month, without a day.
    case month
    case truth
    /// What a workbook shows where a formula failed: `#REF!`.
    case failure
  }

  public struct Cell: Sendable {
    var start: Int
    var end: Int
    public var kind: Kind = .text
    /// A workbook's formula; the bytes are the value that was computed when it was last saved.
    public var isFormula = false
    /// Text behind the closing quote: `"a"b`.
    public var hasStrayQuote = false
  }

  /// From 1, as a spreadsheet counts; the heading is a row too.
  public internal(set) var number: Int
  public internal(set) var cells: [Cell] = []
  var bytes: [UInt8] = []

  init(number: Int) {
    self.number = number
  }

  public var count: Int { cells.count }

  /// The bytes of a cell; none where the row is shorter.
  public subscript(column: Int) -> ArraySlice<UInt8> {
    guard cells.indices.contains(column) else { return [] }
    let cell = cells[column]
    return bytes[cell.start..<cell.end]
  }

  public func cell(_ column: Int) -> Cell? { cells.indices.contains(column) ? cells[column] : nil }

  /// Nothing but spaces.
  public var isBlank: Bool {
    cells.allSatisfy { cell in cell.isFormula == false && bytes[cell.start..<cell.end].allSatisfy(Self.isSpace) }
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  mutating func removeAll(number: Int) {
    self.number = number
    cells.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Adds a cell that holds `text`.
  mutating func append(_ text: some Sequence<UInt8>, kind: Kind = .text, isFormula: Bool = false) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    cells.append(Cell(start: start, end: bytes.count, kind: kind, isFormula: isFormula))
  }
}

/// How much of a file we are ready to hold and to read. A file beyond a limit is refused with the code of that limit.
public struct PaperLimits: Sendable {
  public var cellBytes = 64 << 10
  public var rowBytes = 1 << 20
  public var columns = 256
  public var rows = 10_000_000
  /// Sheets or questionnaires that are remembered, to find those that are there twice; beyond, that is not looked for.
  public var remembered = 4_000_000
  /// Of a workbook: its texts, kept in memory.
  public var sharedTextBytes = 64 << 20
  /// Of a workbook: all that is unpacked; and all that its rows are with their texts put in.
  public var unpackedBytes = 2 << 30
  /// Of a workbook: unpacked bytes per packed byte. Sheets are seldom above 30.
  public var ratio = 200
  /// Of a workbook: files inside.
  public var entries = 10_000

  public init() {}
}

/// Why a file cannot be read on. The rest of the file is not looked at.
struct PaperProblem: Error, Hashable, Sendable {
  var code: FindingCode
  /// What was seen, in no language: a name, a number.
  var detail: String
  var row: Int?
  /// From 0.
  var column: Int?

  init(_ code: FindingCode, detail: String = "", row: Int? = nil, column: Int? = nil) {
    self.code = code
    self.detail = detail
    self.row = row
    self.column = column
  }
}
