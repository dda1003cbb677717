internal import Polling

extension KioskRenewal {
  /// Renews the identity whenever it is due, now and then once per `pause`, until the task is cancelled. Whatever goes
  /// wrong is told and tried again: the old certificate is good for a third of its lifetime still.
  ///
  /// - Parameters:
  ///   - settings: of an identity that `kiosk enrol` made; with another one this returns at once.
  ///   - now: seconds since 1970.
  ///   - pause: waits until it is time to look again.
  ///   - connect: as in ``run(_:now:isForced:connect:)``.
  static func keep(
    _ settings: ConnectionSettings, now: () -> Int64 = { Timestamp.now.milliseconds / 1_000 },
    pause: () async throws -> Void = { try await Task.sleep(for: .seconds(3_600)) },
    connect: (ConnectionSettings) throws -> any EnrolmentClient, report: (Result<Outcome, any Error>) -> Void
  ) async {
    guard IdentityShelf(identity: settings.identity.certificate) != nil else { return }
    repeat {
      do {
        report(.success(try await run(settings, now: now(), connect: connect)))
      } catch {
        if Task.isCancelled { return }
        report(.failure(error))
      }
      // Only a cancelled task waits no longer.
    } while (try? await pause()) != nil
  }
}
