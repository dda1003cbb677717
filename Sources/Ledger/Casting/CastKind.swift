internal import Glibc
public import Polling

/// What ballots share that are counted alike and come from one client: everything before and after a ballot's own part
/// of its entry, encoded once. A poll's ballots of a day are of a few kinds.
///
/// All in one array: with many clients no cache has what is read of a kind, and the fewer places that is in, the better.
public struct CastKind: Sendable {
  /// What it is known by, then the body of its entries from its beginning through the answers, then their last field.
  private let bytes: [UInt8]
  private let headStart: Int
  private let sourceStart: Int

  /// - Parameter key: what its owner knows it by.
  public func isKnown(by key: UnsafeRawBufferPointer) -> Bool {
    guard key.count == headStart else { return false }
    return bytes.withUnsafeBytes { bytes in
      guard let ours = bytes.baseAddress, let theirs = key.baseAddress else { return true }
      return memcmp(ours, theirs, headStart) == 0
    }
  }

  var headLength: Int { sourceStart - headStart }

  /// Appends the body of an entry.
  ///
  /// - Parameter own: the ballot's own part of it.
  func append(around own: UnsafeRawBufferPointer, to writer: inout ByteWriter) {
    bytes.withUnsafeBytes { bytes in
      writer.append(UnsafeRawBufferPointer(rebasing: bytes[headStart..<sourceStart]))
      writer.append(own)
      writer.append(UnsafeRawBufferPointer(rebasing: bytes[sourceStart...]))
    }
  }

  /// Makes a kind of each `answer` followed by its `choice`s.
  public struct Maker {
    private let template: CastTemplate
    private var writer = ByteWriter()
    private let headStart: Int

    /// - Parameters:
    ///   - key: what the kind will be known by.
    ///   - answers: how many follow. Ballots of a kind that has others in the end are refused as those of no poll we
    ///     know.
    public init(
      _ template: CastTemplate, key: UnsafeRawBufferPointer, flags: RecordFlags, day: Day, answers: Int
    ) {
      self.template = template
      writer.append(key)
      headStart = writer.length
      writer.append(template.head)
      CastEntry.encodeCircumstances(flags: flags, day: day, answers: answers, into: &writer)
    }

    /// - Parameters:
    ///   - question: the id of a question of the poll, in UTF-8.
    ///   - choices: how many follow.
    public mutating func answer(question: UnsafeRawBufferPointer, choices: Int) {
      writer.blob(question)
      writer.count(choices)
    }

    /// - Parameter code: the code of a choice of the question, in UTF-8.
    public mutating func choice(_ code: UnsafeRawBufferPointer) {
      writer.blob(code)
    }

    public func make() -> CastKind {
      CastKind(
        bytes: writer.bytes + template.source, headStart: headStart, sourceStart: writer.length)
    }
  }
}
