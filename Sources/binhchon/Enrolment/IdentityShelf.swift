import Foundation
internal import TLS

/// A directory that holds a kiosk's key and certificate, and replaces both in one step:
///
///     DIR/current -> 4A0B…          what is used: DIR/current/kiosk is the PATH of --identity
///     DIR/4A0B…/kiosk.key .pem, ca.pem
///     DIR/pending-enrol.key         a key whose certificate was asked for with a code and has not come yet
///     DIR/pending-renew.key         the same for a renewal
///
/// A pending key stays over a lost reply and a power cut: asked again with it, the server gives the same certificate.
struct IdentityShelf: Sendable, Equatable {
  let directory: String

  static let name = "kiosk"
  private var current: String { directory + "/current" }

  /// What a certificate is asked for with.
  enum Purpose: String, CaseIterable {
    case enrolment = "enrol"
    case renewal = "renew"
  }

  private func pending(_ purpose: Purpose) -> String { "\(directory)/pending-\(purpose.rawValue).key" }

  /// The PATH of `--identity`.
  var identity: String { "\(current)/\(Self.name)" }

  init(directory: String) {
    self.directory = URL(fileURLWithPath: directory).standardizedFileURL.path
  }

  /// The shelf that an identity's PATH points into; nil: it was not put there by `kiosk enrol`.
  init?(identity: String) {
    let path = URL(fileURLWithPath: identity).standardizedFileURL
    let name = path.lastPathComponent
    let place = path.deletingLastPathComponent()
    guard name == Self.name || name == Self.name + ".pem", place.lastPathComponent == "current" else { return nil }
    self.init(directory: place.deletingLastPathComponent().path)
    guard Self.isLink(current) else { return nil }
  }

  /// Whether there is an identity already.
  var isFilled: Bool { Self.isLink(current) }

  /// Whether a certificate was asked for that has not come yet.
  func hasPendingKey(_ purpose: Purpose) -> Bool { FileManager.default.fileExists(atPath: pending(purpose)) }

  /// The pending key, a new one if there is none.
  ///
  /// - Returns: whether it is new: a refusal of one that is older may have been answered well before.
  func pendingKey(_ purpose: Purpose) throws(ClientError) -> (key: PrivateKey, isNew: Bool) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw cannotWrite(directory, error)
    }
    let pending = pending(purpose)
    if hasPendingKey(purpose) {
      let key = PrivateKey(pem: try readText(pending))
      // One that is torn was never sent: a key is whole before its request is made.
      if (try? key.signingRequest()) != nil { return (key, false) }
      try forgetPendingKey(purpose)
    }
    do throws(TLSError) {
      let key = try PrivateKey()
      try writePrivateFile(key.pem, to: pending)
      return (key, true)
    } catch {
      throw cannotWrite(pending, error)
    }
  }

  func forgetPendingKey(_ purpose: Purpose) throws(ClientError) {
    let pending = pending(purpose)
    guard unlink(pending) == 0 || errno == ENOENT else {
      throw ClientError(
        .cannotCreate, Text(vi: "không xóa được \(pending)", en: "cannot remove \(pending)"),
        why: systemMessage(errno))
    }
  }

  /// Puts a key with its certificate in place, whole, and then takes away what was there before.
  ///
  /// - Parameter trustRoots: PEM, whom to trust as a server.
  func place(_ key: PrivateKey, certificate: IssuedCertificate, chain: String, trustRoots: String) throws(ClientError) {
    let generation = certificate.identity.serial
    let target = "\(directory)/\(generation)"
    let files = FileManager.default
    let former = try? files.destinationOfSymbolicLink(atPath: current)
    let temporary = "\(directory)/.\(generation).\(getpid())"
    do {
      if !files.fileExists(atPath: target) {
        try files.createDirectory(
          atPath: temporary, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try writePrivateFile(key.pem, to: "\(temporary)/\(Self.name).key")
        try writePrivateFile(chain, to: "\(temporary)/\(Self.name).pem")
        try writePrivateFile(trustRoots, to: "\(temporary)/ca.pem")
        // What TLS would not take never takes the place of what it does.
        _ = try TLSContext(
          .client(
            trustRootsFile: "\(temporary)/ca.pem", certificateChainFile: "\(temporary)/\(Self.name).pem",
            privateKeyFile: "\(temporary)/\(Self.name).key"))
        guard rename(temporary, target) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      }
      let link = "\(directory)/.current.\(getpid())"
      unlink(link)
      guard symlink(generation, link) == 0, rename(link, current) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
      try Self.sync(directory)
    } catch {
      try? files.removeItem(atPath: temporary)
      throw cannotWrite(target, error)
    }
    // Nothing but what we put there ourselves. If it stays it harms nobody; the new identity is in use.
    if let former, former != generation, !former.isEmpty, former.allSatisfy(\.isHexDigit) {
      try? files.removeItem(atPath: "\(directory)/\(former)")
    }
  }

  private func cannotWrite(_ path: String, _ error: any Error) -> ClientError {
    ClientError(
      .cannotCreate, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"),
      why: (error as? POSIXError).map { systemMessage($0.code.rawValue) }
        ?? Text(verbatim: (error as? TLSError)?.description ?? error.localizedDescription))
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  /// Makes the names in a directory survive a power cut.
  private static func sync(_ directory: String) throws {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }
}
