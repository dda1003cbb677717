import ArgumentParser
import Glibc
import Ledger
import TLS

@main
struct BinhChonD: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binhchond",
    abstract: "The BinhChon server: takes ratings over TLS, keeps each one once, serves live tallies.",
    discussion: """
      Examples:
        # a data directory with certificates and the Hải Châu poll, to try
        binhchond init /var/lib/binhchon --demo
        binhchond serve --config /var/lib/binhchon/binhchon.yaml
        # recounts every figure from the ledger
        binhchond verify /var/lib/binhchon
        # a copy, and back from it
        binhchond backup --to /media/usb/binhchon.db /var/lib/binhchon
        binhchond restore /media/usb/binhchon.db /var/lib/binhchon-new --pepper /media/usb/pepper

      Exit codes (sysexits): 0 done, 1 verify found a difference, 64 usage, 65 damaged data, 66 no such file, \
      69 cannot listen, 70 our fault, 73 cannot create, 74 disk error, 75 in use by another process, 78 configuration.
      """,
    version: "binhchond 0.1.0",
    subcommands: [
      Serve.self, Init.self, Verify.self, Backup.self, Restore.self, Publications.self, CheckConfig.self,
    ])

  static func main() async {
    // What we make is nobody else's to read, wherever it is put: ledger, journal, backup.
    umask(0o077)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      failure.report()
      Glibc.exit(failure.status.rawValue)
    } catch let error as ConfigurationError {
      Failure(.configuration, "\(error)").report()
      Glibc.exit(Failure.Status.configuration.rawValue)
    } catch let error as LedgerFileError {
      Failure(error).report()
      Glibc.exit(Failure(error).status.rawValue)
    } catch let error as TLSError where error.code == .fileUnwritable {
      Failure(.ioError, "\(error)").report()
      Glibc.exit(Failure.Status.ioError.rawValue)
    } catch  where isAnswer(error) {
      exit(withError: error)
    } catch {
      // Never 1, which is a verify that found a difference.
      Failure(.ourFault, "\(error)").report()
      Glibc.exit(Failure.Status.ourFault.rawValue)
    }
  }

  /// Help, usage, or an exit code that a command chose, rather than something that went wrong.
  private static func isAnswer(_ error: any Error) -> Bool {
    error is ExitCode || exitCode(for: error) != .failure
  }
}
