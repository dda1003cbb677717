import Foundation

@testable import TLS

/// Any bytes as what our TLS reads of others' making, as the first one says: signing requests, certificates, revocation
/// lists (both also in DER), private keys, deny lists. Refused, or read to what is not larger.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 7 {
  case 0:
    if let request = try? SigningRequest(bytes) { precondition(request.keyFingerprint.count == 32) }
  case 1: readCertificates(bytes)
  case 2: readCertificates(pem(bytes, "CERTIFICATE"))
  case 3: readLists(bytes)
  case 4: readLists(pem(bytes, "X509 CRL"))
  case 5: _ = try? PEM.privateKey(in: bytes, path: "key")
  default:
    if let list = try? DenyList(parsing: bytes, path: "list") {
      precondition(list.uris.count + list.certificates.count <= bytes.count, "growth")
    }
  }
  return 0
}

private func pem(_ der: [UInt8], _ label: String) -> [UInt8] {
  let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
  return Array("-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n".utf8)
}

private func readCertificates(_ bytes: [UInt8]) {
  guard let found = try? PEM.certificates(in: bytes, path: "certificates", code: .certificateInvalid) else { return }
  for object in found {
    let certificate = Certificate(object.pointer)
    precondition(certificate.issuerName.count <= bytes.count && certificate.uris.count <= bytes.count, "growth")
    precondition(certificate.uris.allSatisfy { !$0.utf8.contains(0) }, "a name that shows another")
    _ = certificate.withIssuerAndSerial { _, _ in }
    _ = DenyList().holds(certificate)
  }
}

private func readLists(_ bytes: [UInt8]) {
  _ = try? PEM.revocationLists(in: bytes, path: "lists")
}
