/// A file of paper results, opened: its rows one after the other. Not to be shared between tasks.
public final class PaperFile {
  public enum Format: Hashable, Sendable {
    case delimited(UInt8)
    case workbook(sheet: String)
  }

  private enum Reader {
    case delimited(DelimitedReader)
    case workbook(WorkbookReader)
  }

  private let reader: Reader
  private let file: FileBytes

  /// Looks at how the file begins, and opens it as what it is.
  ///
  /// - Parameters:
  ///   - path: `-` for standard input, which cannot be a workbook: those are read from their end.
  ///   - sheet: of a workbook; nil: the first one.
  /// - Throws: `FileFailure` of the system, `PaperProblem` for what is no table.
  init(
    _ path: String, sheet: String? = nil, encoding: TextEncoding? = nil, limits: PaperLimits = PaperLimits()
  ) throws {
    file = try FileBytes(path)
    let head = try file.peek(64 << 10)
    if head.starts(with: WrongFile.zip) {
      guard path != "-" else { throw PaperProblem(.notATable, detail: "zip (stdin)") }
      reader = .workbook(try WorkbookReader(path, sheet: sheet, limits: limits))
      return
    }
    // What a compound file holds may be said further behind.
    let more = head.starts(with: WrongFile.compoundFile) ? try file.peek(4 << 20) : head
    if let problem = WrongFile.problem(more) { throw problem }
    reader = .delimited(try DelimitedReader(file, isUTF16Forced: encoding == .utf16, limits: limits))
  }

  /// - Throws: `FileFailure`, `PaperProblem`: the file cannot be read further.
  func next() throws -> SourceRow? {
    switch reader {
    case .delimited(let reader): try reader.next()
    case .workbook(let reader): try reader.next()
    }
  }

  /// Nil for a workbook.
  var delimited: DelimitedReader? {
    if case .delimited(let reader) = reader { reader } else { nil }
  }

  var format: Format {
    switch reader {
    case .delimited(let reader): .delimited(reader.delimiter)
    case .workbook(let reader): .workbook(sheet: reader.sheet)
    }
  }

  /// Set if the whole file was in UTF-16.
  var isUTF16: Bool {
    if case .delimited(let reader) = reader { reader.isUTF16 } else { false }
  }

  /// Of a workbook: those that are not read.
  var otherSheets: [String] {
    if case .workbook(let reader) = reader { reader.otherSheets } else { [] }
  }

  var startsIn1904: Bool {
    if case .workbook(let reader) = reader { reader.startsIn1904 } else { false }
  }

  /// How far we are, in bytes, and of how many if that is known.
  var progress: (done: Int, total: Int?) {
    switch reader {
    case .delimited: (file.bytesRead, file.size)
    case .workbook(let reader): (reader.bytesRead, reader.size)
    }
  }
}
