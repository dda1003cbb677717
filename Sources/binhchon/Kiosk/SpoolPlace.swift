/// Where a kiosk's spool lies when nobody says so.
enum SpoolPlace {
  /// `$XDG_STATE_HOME/binhchon/kiosk/UNIT`, else `~/.local/state/…`, the unit's path with `+` for `/`, which no name
  /// has in it. Not by server: what waits must go out also when the server has moved.
  static func directory(unit: String, _ environment: ProcessEnvironment) throws(ClientError) -> String {
    guard let state = environment.stateDirectory else {
      throw ClientError(
        .configuration,
        Text(vi: "không biết giữ phiếu chưa gửi ở đâu", en: "there is no place for ratings that wait to be sent"),
        next: Text(vi: "thêm --spool THƯ_MỤC, hoặc đặt biến HOME", en: "add --spool DIR, or set HOME"))
    }
    return "\(state)/kiosk/" + unit.replacing("/", with: "+")
  }
}
