/// Cuts bytes into the rows of a CSV file (RFC 4180, and what spreadsheets make of it): any one-byte delimiter, quotes
/// doubled inside quotes, rows ended by CR, LF or both, no end behind the last row needed. Bytes in, rows out; holds one
/// row at a time and refuses what is larger than the limits.
struct DelimitedStateMachine {
  enum Action {
    /// `row` is complete; take it, then go on with the bytes behind.
    case row
    /// All bytes are used up.
    case needBytes
  }

  private enum State {
    case cellStart
    case plain
    case quoted
    /// Behind a quote inside quotes: the end of them, or half of a doubled one.
    case quoteInQuotes
    /// Behind a CR that ended a row: an LF belongs to it.
    case afterReturn
  }

  private(set) var row = SourceRow(number: 1)
  private var state = State.cellStart
  private var cellStart = 0
  private var hasStrayQuote = false
  private var isRowTaken = false
  private let delimiter: UInt8
  private let limits: PaperLimits

  init(delimiter: UInt8, limits: PaperLimits = PaperLimits()) {
    self.delimiter = delimiter
    self.limits = limits
  }

  /// Reads from `bytes[offset...]`, and leaves `offset` behind what was read.
  mutating func read(_ bytes: [UInt8], _ offset: inout Int) throws(PaperProblem) -> Action {
    if isRowTaken {
      isRowTaken = false
      row.removeAll(number: row.number + 1)
      cellStart = 0
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 0 { throw PaperProblem(.nulByte, row: row.number, column: row.cells.count) }
      switch state {
      case .afterReturn:
        state = .cellStart
        if byte == 0x0A {
          offset += 1
          continue
        }
      case .cellStart where byte == 0x22:
        offset += 1
        state = .quoted
      case .cellStart, .plain:
        offset += 1
        if byte == delimiter {
          try endCell()
          state = .cellStart
        } else if byte == 0x0A || byte == 0x0D {
          try endCell()
          return try endRow(byte)
        } else {
          state = .plain
          row.bytes.append(byte)
        }
      case .quoted:
        offset += 1
        if byte == 0x22 { state = .quoteInQuotes } else { row.bytes.append(byte) }
      case .quoteInQuotes:
        if byte == 0x22 {
          offset += 1
          row.bytes.append(byte)
          state = .quoted
        } else {
          // The cell ends here; text that follows is kept, and told.
          if byte != delimiter, byte != 0x0A, byte != 0x0D { hasStrayQuote = true }
          state = .plain
        }
      }
      if row.bytes.count - cellStart > limits.cellBytes {
        throw PaperProblem(
          .cellTooLong, detail: "> \(limits.cellBytes)", row: row.number, column: row.cells.count)
      }
    }
    return .needBytes
  }

  /// The number of the row that begins at `bytes[offset]`. Nil: none does, a row is being read or more bytes are needed.
  mutating func nextRow(_ bytes: [UInt8], _ offset: inout Int) -> Int? {
    guard offset < bytes.count else { return nil }
    if state == .afterReturn {
      state = .cellStart
      if bytes[offset] == 0x0A { offset += 1 }
    }
    guard state == .cellStart, isRowTaken || row.cells.isEmpty && row.bytes.isEmpty else { return nil }
    return isRowTaken ? row.number + 1 : row.number
  }

  /// Rows were read elsewhere, and the next one begins.
  mutating func skip(rows: Int) {
    guard rows > 0 else { return }
    row.removeAll(number: row.number + rows - (isRowTaken ? 0 : 1))
    isRowTaken = true
    cellStart = 0
  }

  /// The file has ended: the last row, if there is one more.
  mutating func finish() throws(PaperProblem) -> Action {
    if isRowTaken {
      isRowTaken = false
      row.removeAll(number: row.number + 1)
      cellStart = 0
    }
    switch state {
    case .quoted: throw PaperProblem(.unclosedQuote, row: row.number, column: row.cells.count)
    case .afterReturn: return .needBytes
    case .cellStart where row.cells.isEmpty: return .needBytes
    case .cellStart, .plain, .quoteInQuotes:
      try endCell()
      return try endRow(0x0A)
    }
  }

  private mutating func endCell() throws(PaperProblem) {
    guard row.cells.count < limits.columns else {
      throw PaperProblem(.tooManyColumns, detail: "> \(limits.columns)", row: row.number)
    }
    guard row.bytes.count <= limits.rowBytes else {
      throw PaperProblem(.rowTooLong, detail: "> \(limits.rowBytes)", row: row.number)
    }
    row.cells.append(.init(start: cellStart, end: row.bytes.count, hasStrayQuote: hasStrayQuote))
    cellStart = row.bytes.count
    hasStrayQuote = false
  }

  private mutating func endRow(_ byte: UInt8) throws(PaperProblem) -> Action {
    guard row.number <= limits.rows else { throw PaperProblem(.tooManyRows, detail: "> \(limits.rows)") }
    state = byte == 0x0D ? .afterReturn : .cellStart
    isRowTaken = true
    return .row
  }
}

/// Which delimiter a file has: the one whose number is steady over the first rows, outside of quotes.
enum DelimiterGuess {
  static let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]

  static func delimiter(of sample: [UInt8]) -> UInt8 {
    var best = (delimiter: candidates[0], score: -1)
    // What is too much is told by the reader proper; the sample is bounded.
    var limits = PaperLimits()
    (limits.cellBytes, limits.rowBytes, limits.columns) = (sample.count, sample.count, sample.count + 1)
    for delimiter in candidates {
      var machine = DelimitedStateMachine(delimiter: delimiter, limits: limits)
      var offset = 0
      var counts: [Int: Int] = [:]
      do {
        while counts.values.reduce(0, +) < 200, case .row = try machine.read(sample, &offset) {
          if !machine.row.isBlank { counts[machine.row.count, default: 0] += 1 }
        }
        if counts.isEmpty, case .row = try machine.finish() { counts[machine.row.count] = 1 }
      } catch {
        // Whatever is wrong is told by the reader proper.
        continue
      }
      // Rows with the same number of cells, if that is more than one: how many, times how many cells.
      let score = counts.filter { $0.key > 1 }.map { $0.value * ($0.key + 8) }.max() ?? 0
      if score > best.score { best = (delimiter, score) }
    }
    return best.delimiter
  }
}
