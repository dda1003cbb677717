import Glibc

/// Reads what `strace -f -xx -y` wrote: every string and path in it is hexadecimal, so that commas, parentheses and `<>`
/// are the log's own.
struct StraceLog {
  struct NotUnderstood: Error, CustomStringConvertible {
    var description: String
  }

  /// The calls to record. What changes a file in a way that is not modelled is recorded too, so that it is noticed.
  static let calls =
    "trace=open,openat,creat,read,write,writev,pwrite64,pwritev,pwritev2,fdatasync,fsync,sync_file_range,truncate,"
    + "ftruncate,fallocate,unlink,unlinkat,rmdir,rename,renameat,renameat2,link,linkat,symlink,mkdir,mkdirat,lseek,"
    + "sendto,sendmsg,copy_file_range,sendfile"

  private let root: [UInt8]
  private var events: [DiskEvent] = []
  /// The first process of the log: its end is the program's.
  private var program: [UInt8]?
  /// By thread: the beginning of a call during which another thread did something.
  private var unfinished: [[UInt8]: [UInt8]] = [:]
  /// By descriptor: where the next plain write goes.
  private var offsets: [[UInt8]: Int] = [:]

  /// - Parameters:
  ///   - log: of one program.
  ///   - root: an absolute path. What happens elsewhere is left out, as are files of memory shared between processes
  ///     (`-shm`), which mean nothing after a restart.
  static func events(_ log: [UInt8], root: String) throws -> [DiskEvent] {
    var reader = StraceLog(root: Array(root.utf8))
    var rest = log[...]
    while !rest.isEmpty {
      let end = index(of: UInt8(ascii: "\n"), in: rest) ?? rest.endIndex
      try reader.read(rest[..<end])
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    return reader.events
  }

  private init(root: [UInt8]) {
    self.root = root
  }

  // MARK: - Lines

  private mutating func read(_ line: ArraySlice<UInt8>) throws {
    guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return }
    let thread = Array(line[..<space])
    if program == nil { program = thread }
    let rest = line[space...].drop { $0 == UInt8(ascii: " ") }
    if rest.starts(with: "+++ exited with ".utf8) {
      if thread == program, let status = Int32(String(decoding: rest.dropFirst(16).dropLast(4), as: UTF8.self)) {
        events.append(.ended(status))
      }
    } else if rest.starts(with: "<... ".utf8) {
      guard let begun = unfinished.removeValue(forKey: thread),
        let end = Self.find(" resumed>", in: rest)
      else { throw Self.notUnderstood(line) }
      try read(call: begun + rest[end...], resumed: true)
    } else if let end = Self.findLast(" <unfinished ...>", in: rest) {
      let begun = Array(rest[..<end])
      unfinished[thread] = begun
      try begin(begun)
    } else if rest.first.map({ Self.isLetter($0) }) ?? false {
      try read(call: Array(rest), resumed: false)
    }
  }

  /// The first half of a call: what others may see from here on, and what a sync no longer covers.
  private mutating func begin(_ call: [UInt8]) throws {
    guard let open = call.firstIndex(of: UInt8(ascii: "(")) else { throw Self.notUnderstood(call[...]) }
    let first = call[(open + 1)...].prefix { $0 != UInt8(ascii: ",") }
    switch String(decoding: call[..<open], as: UTF8.self) {
    case "fsync", "fdatasync":
      if let path = try path(ofDescriptor: first) { events.append(.syncBegins(path)) }
    case "write", "writev", "sendto", "sendmsg":
      if let socket = try Self.socket(first) { events.append(.sent(socket: socket, bytes: Int.max)) }
    default: break
    }
  }

  private mutating func read(call: [UInt8], resumed: Bool) throws {
    guard let open = call.firstIndex(of: UInt8(ascii: "(")), let equals = Self.findLast(" = ", in: call[...]) else {
      throw Self.notUnderstood(call[...])
    }
    let result = call[(equals + 3)...]
    // A call that failed did nothing.
    if result.first == UInt8(ascii: "-") || result.first == UInt8(ascii: "?") { return }
    let name = String(decoding: call[..<open], as: UTF8.self)
    let arguments = call[(open + 1)..<equals]
    switch name {
    case "read":
      if Self.number(result) != 0, let socket = try Self.socket(Self.first(arguments)) {
        events.append(.received(socket: socket))
      }
    case "write", "writev", "sendto", "sendmsg":
      try readWrite(name, arguments, result, resumed: resumed)
    default:
      let arguments = Self.split(arguments)
      try read(name, arguments, result, call)
    }
  }

  private mutating func readWrite(
    _ name: String, _ arguments: ArraySlice<UInt8>, _ result: ArraySlice<UInt8>, resumed: Bool
  ) throws {
    let descriptor = Self.first(arguments)
    if let socket = try Self.socket(descriptor) {
      let bytes = Self.number(result)
      // Of one that was begun above the length is known only now.
      guard resumed else { return events.append(.sent(socket: socket, bytes: bytes)) }
      if let begun = events.lastIndex(of: .sent(socket: socket, bytes: .max)) {
        events[begun] = .sent(socket: socket, bytes: bytes)
      }
    } else if descriptor.starts(with: "1<".utf8), name == "write" {
      events.append(.said(try Self.bytes(Self.split(arguments)[1])))
    } else if let path = try path(ofDescriptor: descriptor) {
      guard name == "write" else { throw Self.notUnderstood(arguments) }
      let number = Array(descriptor.prefix { $0 != UInt8(ascii: "<") })
      let bytes = try Self.bytes(Self.split(arguments)[1]).prefix(Self.number(result))
      guard let offset = offsets[number] else { throw Self.notUnderstood(arguments) }
      events.append(.write(path, at: offset, Array(bytes)))
      offsets[number] = offset + bytes.count
    }
  }

  private mutating func read(
    _ name: String, _ arguments: [ArraySlice<UInt8>], _ result: ArraySlice<UInt8>, _ call: [UInt8]
  ) throws {
    func argument(_ index: Int) throws -> ArraySlice<UInt8> {
      guard arguments.indices.contains(index) else { throw Self.notUnderstood(call[...]) }
      return arguments[index]
    }
    switch name {
    case "openat":
      guard let path = try path(named: argument(1)) else { return }
      offsets[Array(result.prefix { $0 != UInt8(ascii: "<") })] = 0
      let flags = Set(try argument(2).split(separator: UInt8(ascii: "|")).map { String(decoding: $0, as: UTF8.self) })
      if flags.contains("O_APPEND") { throw Self.notUnderstood(call[...]) }
      if flags.contains("O_CREAT") { events.append(.create(path)) }
      if flags.contains("O_TRUNC") { events.append(.truncate(path, to: 0)) }
    case "pwrite64":
      guard let path = try path(ofDescriptor: argument(0)) else { return }
      let bytes = try Self.bytes(argument(1)).prefix(Self.number(result))
      events.append(.write(path, at: Self.number(try argument(3)), Array(bytes)))
    case "ftruncate":
      guard let path = try path(ofDescriptor: argument(0)) else { return }
      events.append(.truncate(path, to: Self.number(try argument(1))))
    case "fsync", "fdatasync":
      if let path = try path(ofDescriptor: argument(0)) { events.append(.sync(path)) }
    case "mkdir":
      if let path = try path(named: argument(0)) { events.append(.makeDirectory(path)) }
    case "unlink", "rmdir":
      if let path = try path(named: argument(0)) { events.append(.remove(path)) }
    case "unlinkat":
      if let path = try path(named: argument(1)) { events.append(.remove(path)) }
    case "rename", "link":
      let (from, to) = (try path(named: argument(0)), try path(named: argument(1)))
      switch (from, to) {
      case (let from?, let to?): events.append(name == "rename" ? .rename(from, to: to) : .link(from, as: to))
      case (nil, nil): return
      default: throw Self.notUnderstood(call[...])
      }
    case "lseek":
      // Only where it says where it is: a write after it would be put in the wrong place.
      if let path = try path(ofDescriptor: argument(0)), !path.isEmpty { throw Self.notUnderstood(call[...]) }
    default:
      for argument in arguments {
        let path = try? path(named: argument) ?? path(ofDescriptor: argument)
        if path != nil { throw Self.notUnderstood(call[...]) }
      }
    }
  }

  // MARK: - Paths

  /// Of `"\x2f…"`; nil: not below the root.
  private func path(named argument: ArraySlice<UInt8>) throws -> String? {
    guard argument.first == UInt8(ascii: "\"") else { return nil }
    return belowRoot(try Self.bytes(argument))
  }

  /// Of `5<\x2f…>`; nil: not below the root, or of a file without a name.
  private func path(ofDescriptor argument: ArraySlice<UInt8>) throws -> String? {
    guard let open = argument.firstIndex(of: UInt8(ascii: "<")), argument.last == UInt8(ascii: ">") else { return nil }
    return belowRoot(try Self.unescaped(argument[(open + 1)...].dropLast()))
  }

  private func belowRoot(_ path: [UInt8]) -> String? {
    guard path.starts(with: root) else { return nil }
    let rest = path.dropFirst(root.count)
    if rest.isEmpty { return "" }
    guard rest.first == UInt8(ascii: "/") else { return nil }
    let relative = String(decoding: rest.dropFirst(), as: UTF8.self)
    return relative.hasSuffix("-shm") ? nil : relative
  }

  private static func socket(_ descriptor: ArraySlice<UInt8>) throws -> String? {
    // "socket:" in hexadecimal.
    guard let open = descriptor.firstIndex(of: UInt8(ascii: "<")),
      descriptor[(open + 1)...].starts(with: #"\x73\x6f\x63\x6b\x65\x74\x3a"#.utf8)
    else { return nil }
    return String(decoding: try unescaped(descriptor[(open + 1)...].dropLast()), as: UTF8.self)
  }

  // MARK: - Pieces of a line

  private static func first(_ arguments: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    arguments.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ")") }
  }

  /// By ", "; the last one without the parenthesis that closes the call.
  private static func split(_ arguments: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var arguments = arguments
    while let last = arguments.last, last == UInt8(ascii: " ") { arguments.removeLast() }
    if arguments.last == UInt8(ascii: ")") { arguments.removeLast() }
    var pieces: [ArraySlice<UInt8>] = []
    while let comma = index(of: UInt8(ascii: ","), in: arguments) {
      pieces.append(arguments[..<comma])
      arguments = arguments[(comma + 1)...]
      if arguments.first == UInt8(ascii: " ") { arguments.removeFirst() }
    }
    return pieces + [arguments]
  }

  /// Lines are tens of kilobytes long.
  private static func index(of byte: UInt8, in text: ArraySlice<UInt8>) -> Int? {
    text.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return nil }
      return text.startIndex + (UnsafeRawPointer(found) - base)
    }
  }

  private static func number(_ text: ArraySlice<UInt8>) -> Int {
    var number = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number < Int.max / 100 else { break }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }

  /// Of a string between quotes. One that was cut short ends in `...`.
  private static func bytes(_ argument: ArraySlice<UInt8>) throws -> [UInt8] {
    guard argument.count >= 2, argument.first == UInt8(ascii: "\""), argument.last == UInt8(ascii: "\"") else {
      throw notUnderstood(argument)
    }
    return try unescaped(argument.dropFirst().dropLast())
  }

  /// `\x2f\x74…`
  static func unescaped(_ text: ArraySlice<UInt8>) throws -> [UInt8] {
    guard text.count.isMultiple(of: 4) else { throw notUnderstood(text) }
    let count = text.count / 4
    var isHexadecimal = true
    // Without bounds checks: megabytes of it, in debug builds too.
    let bytes = text.withUnsafeBytes { text in
      [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
        for index in 0..<count {
          let high = digits[Int(text[index * 4 + 2])]
          let low = digits[Int(text[index * 4 + 3])]
          if text[index * 4] != 0x5C || high > 15 || low > 15 { isHexadecimal = false }
          bytes[index] = high << 4 | (low & 15)
        }
        filled = count
      }
    }
    guard isHexadecimal else { throw notUnderstood(text) }
    return bytes
  }

  private static let digits: [UInt8] = (0...255).map { byte in
    UInt8(Character(UnicodeScalar(UInt8(byte))).hexDigitValue ?? 255)
  }

  private static func find(_ text: String, in line: ArraySlice<UInt8>) -> Int? {
    let text = Array(text.utf8)
    guard line.count >= text.count else { return nil }
    for start in line.startIndex...(line.endIndex - text.count) where line[start] == text[0] {
      if line[start..<(start + text.count)].elementsEqual(text) { return start + text.count }
    }
    return nil
  }

  /// Where it begins. Looked for near the end only, behind all strings.
  private static func findLast(_ text: String, in line: ArraySlice<UInt8>) -> Int? {
    let text = Array(text.utf8)
    guard line.count >= text.count else { return nil }
    let end = line.endIndex - text.count
    for start in stride(from: end, through: max(line.startIndex, end - 600), by: -1) where line[start] == text[0] {
      if line[start..<(start + text.count)].elementsEqual(text) { return start }
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func notUnderstood(_ line: ArraySlice<UInt8>) -> NotUnderstood {
    NotUnderstood(description: "not understood: \(String(decoding: line.prefix(300), as: UTF8.self))")
  }
}
