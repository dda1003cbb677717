/// The rows of a CSV or TSV file, in memory that does not depend on its size.
final class DelimitedReader {
  let delimiter: UInt8
  /// Set if the whole file was in UTF-16; rows are UTF-8 then.
  let isUTF16: Bool
  private let file: FileBytes
  private var machine: DelimitedStateMachine
  private var transcoder: UTF16Transcoder?
  /// What was read of the file last, and how far rows were cut from it.
  private(set) var bytes: [UInt8] = []
  private(set) var offset = 0
  private var marksToSkip: Int
  private var isEnded = false

  init(_ file: FileBytes, isUTF16Forced: Bool, limits: PaperLimits) throws {
    self.file = file
    let sample = try file.peek(256 << 10)
    let form = Self.form(of: sample, isUTF16Forced: isUTF16Forced)
    marksToSkip = form.mark
    transcoder = form.isBigEndian.map { UTF16Transcoder(isBigEndian: $0) }
    isUTF16 = transcoder != nil
    var text: [UInt8] = []
    if var transcoder { transcoder.transcode(sample.dropFirst(form.mark), into: &text) }
    delimiter = DelimiterGuess.delimiter(of: isUTF16 ? text : Array(sample.dropFirst(form.mark)))
    machine = DelimitedStateMachine(delimiter: delimiter, limits: limits)
  }

  /// The length of the byte order mark; and for UTF-16 its order. Without a mark UTF-16 is known by its zeros.
  private static func form(of sample: [UInt8], isUTF16Forced: Bool) -> (mark: Int, isBigEndian: Bool?) {
    if sample.starts(with: [0xEF, 0xBB, 0xBF]) { return (3, nil) }
    if sample.starts(with: [0xFF, 0xFE]) { return (2, false) }
    if sample.starts(with: [0xFE, 0xFF]) { return (2, true) }
    let head = sample.prefix(1_024)
    let zerosAtEven = head.enumerated().count { $1 == 0 && $0.isMultiple(of: 2) }
    let zerosAtOdd = head.enumerated().count { $1 == 0 && !$0.isMultiple(of: 2) }
    if isUTF16Forced { return (0, zerosAtEven > zerosAtOdd) }
    if zerosAtOdd > head.count / 4, zerosAtEven == 0 { return (0, false) }
    if zerosAtEven > head.count / 4, zerosAtOdd == 0 { return (0, true) }
    return (0, nil)
  }

  func next() throws -> SourceRow? {
    while true {
      switch try machine.read(bytes, &offset) {
      case .row: return machine.row
      case .needBytes: break
      }
      if isEnded {
        if case .row = try machine.finish() { return machine.row }
        return nil
      }
      try readMore()
    }
  }

  /// The number of the row that begins at `offset`. Nil: none does.
  func nextRow() throws -> Int? {
    if offset == bytes.count, !isEnded { try readMore() }
    return machine.nextRow(bytes, &offset)
  }

  /// Rows up to `end` were read elsewhere.
  func skip(rows: Int, to end: Int) {
    machine.skip(rows: rows)
    offset = min(end, bytes.count)
  }

  /// Puts more of the file behind the bytes from `offset` on. False: there is no more.
  func extend() throws -> Bool {
    guard !isEnded else { return false }
    let rest = bytes[offset...]
    try readMore()
    bytes = rest + bytes
    return !isEnded
  }

  private func readMore() throws {
    var more = try file.next()
    if more.isEmpty {
      isEnded = true
      bytes.removeAll(keepingCapacity: true)
      transcoder?.finish(into: &bytes)
    } else {
      if marksToSkip > 0 {
        more.removeFirst(min(marksToSkip, more.count))
        marksToSkip = 0
      }
      if transcoder != nil {
        bytes.removeAll(keepingCapacity: true)
        transcoder?.transcode(more, into: &bytes)
      } else {
        bytes = more
      }
    }
    offset = 0
  }
}
