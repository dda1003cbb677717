internal import Cqrencode

/// A QR code (ISO/IEC 18004), correction level M: it is read with up to 15 % of it dirty.
struct QRCode: Equatable {
  /// Of one side, in modules, without the quiet zone around it.
  let width: Int
  /// Row by row from the upper left; true: dark.
  let modules: [Bool]

  /// Nil: empty, or longer than the largest code holds (2,331 bytes of UTF-8).
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let count = Int32(exactly: bytes.count), let code = QRcode_encodeData(count, bytes, 0, QR_ECLEVEL_M) else {
      return nil
    }
    defer { QRcode_free(code) }
    guard let data = code.pointee.data else { return nil }
    width = Int(code.pointee.width)
    // The lowest bit is the colour, the others say what a module is for.
    modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
  }

  /// An image for HTML, as large as its place, with the quiet zone of four modules that the standard asks for.
  func svg(label: String) -> String {
    let side = width + 8
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        let start = column
        while column < width, modules[row * width + column] { column += 1 }
        if column > start { path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z" }
        column += 1
      }
    }
    return """
      <svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" role="img" \
      aria-label="\(ReportHTML.escaped(label))" shape-rendering="crispEdges">\
      <rect width="\(side)" height="\(side)" fill="#fff"/><path d="\(path)"/></svg>
      """
  }
}
