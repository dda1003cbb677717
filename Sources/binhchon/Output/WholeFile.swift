import Foundation

/// Writes a file so that nobody ever finds half of it under its name.
func writeWhole(_ text: String, to path: String) throws(ClientError) {
  do {
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw ClientError(
      .cannotCreate, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"),
      why: Text(verbatim: "\(error.localizedDescription)"))
  }
}
