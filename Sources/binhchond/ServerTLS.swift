import TLS

extension Configuration {
  /// The protocols in the order we prefer them: ours first, then plain ttrpc; none offered means plain ttrpc too.
  static let applicationProtocols = ["ttrpc-ext/1", "ttrpc"]

  /// What the configuration says of TLS.
  var tls: TLSConfiguration {
    .server(
      certificateChainFile: certificateFile, privateKeyFile: keyFile,
      // A kiosk that is to be enrolled has none yet; what it may call is decided behind TLS (``Strangers``).
      clientCertificates: isEnrolling ? .optional : clientCertificates,
      trustRootsFile: authorityFile, crlFile: revocationListFile, denyListFile: denyListFile,
      minimumVersion: minimumVersion, applicationProtocols: Self.applicationProtocols,
      handshakeTimeout: handshakeTimeout)
  }

  /// Files that others can read or write, and should not.
  var permissionProblems: [String] {
    tls.permissionProblems()
      + [Pepper.permissionProblem(pepperFile), enrolmentKeyFile.flatMap(TLSConfiguration.permissionProblem(ofKey:))]
      .compactMap { $0 }
  }
}
