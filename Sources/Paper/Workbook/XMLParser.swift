internal import Cexpat

/// What an XML document says, element by element. Names are without their namespace's prefix.
protocol XMLConsumer: AnyObject {
  func start(_ name: XMLName, _ attributes: XMLAttributes) throws(PaperProblem)
  func end(_ name: XMLName) throws(PaperProblem)
  func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(PaperProblem)
}

/// A name as the parser holds it: compared without making a string of it.
struct XMLName {
  fileprivate let pointer: UnsafePointer<CChar>

  fileprivate init(_ qualified: UnsafePointer<CChar>) {
    var start = qualified
    var next = qualified
    while next.pointee != 0 {
      if next.pointee == CChar(UInt8(ascii: ":")) { start = next + 1 }
      next += 1
    }
    pointer = start
  }

  static func ~= (text: StaticString, name: XMLName) -> Bool {
    let count = text.utf8CodeUnitCount
    for index in 0..<count where UInt8(bitPattern: name.pointer[index]) != text.utf8Start[index] { return false }
    return name.pointer[count] == 0
  }
}

/// Valid only while `start` runs.
struct XMLAttributes {
  fileprivate let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>?

  /// By its name without the prefix.
  subscript(name: StaticString) -> UnsafePointer<CChar>? {
    guard var next = pointer else { return nil }
    while let key = next.pointee {
      if name ~= XMLName(key) { return next[1] }
      next += 2
    }
    return nil
  }

  func string(_ name: StaticString) -> String? { self[name].map { String(cString: $0) } }
}

/// A stream through expat. A document type declaration ends it: without one there are no entities but the five of XML,
/// so nothing is ever expanded or fetched.
final class XMLParser {
  private let parser: OpaquePointer
  private let consumer: any XMLConsumer
  private let name: String
  private var problem: PaperProblem?
  /// Bytes given since something was heard: a single tag as large as memory is none of a workbook.
  private var silence = 0

  init(_ name: String, _ consumer: any XMLConsumer) throws(PaperProblem) {
    guard let parser = XML_ParserCreate("UTF-8") else { throw PaperProblem(.damagedWorkbook, detail: name) }
    self.parser = parser
    self.consumer = consumer
    self.name = name
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let name else { return }
        XMLParser.from(data)?.guarded { (consumer) throws(PaperProblem) in
          try consumer.start(XMLName(name), XMLAttributes(pointer: attributes))
        }
      },
      { data, name in
        guard let name else { return }
        XMLParser.from(data)?.guarded { (consumer) throws(PaperProblem) in try consumer.end(XMLName(name)) }
      })
    XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let text else { return }
      text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
        let buffer = UnsafeBufferPointer(start: bytes, count: Int(count))
        XMLParser.from(data)?.guarded { (consumer) throws(PaperProblem) in try consumer.text(buffer) }
      }
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      guard let self = XMLParser.from(data) else { return }
      self.guarded { (_) throws(PaperProblem) in throw PaperProblem(.documentType, detail: self.name) }
    }
  }

  deinit { XML_ParserFree(parser) }

  private static func from(_ data: UnsafeMutableRawPointer?) -> XMLParser? {
    data.map { Unmanaged<XMLParser>.fromOpaque($0).takeUnretainedValue() }
  }

  private func guarded(_ work: (any XMLConsumer) throws(PaperProblem) -> Void) {
    silence = 0
    guard problem == nil else { return }
    do throws(PaperProblem) {
      try work(consumer)
    } catch {
      problem = error
      XML_StopParser(parser, XML_Bool(0))
    }
  }

  /// - Parameter bytes: empty: that was all.
  func parse(_ bytes: [UInt8]) throws(PaperProblem) {
    silence += bytes.count
    let status = bytes.withUnsafeBytes { buffer in
      XML_Parse(
        parser, buffer.bindMemory(to: CChar.self).baseAddress, Int32(clamping: buffer.count), bytes.isEmpty ? 1 : 0)
    }
    if let problem { throw problem }
    guard status == XML_STATUS_OK else {
      throw PaperProblem(
        .damagedWorkbook,
        detail: "\(name): \(XML_GetCurrentLineNumber(parser)): XML \(XML_GetErrorCode(parser).rawValue)")
    }
    if silence > 4 << 20 { throw PaperProblem(.damagedWorkbook, detail: "\(name): XML without end") }
  }
}
