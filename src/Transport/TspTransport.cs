namespace TspActors.Transport;

/// <summary>What a program's actor system needs for this part.</summary>
public static class TspTransport
{
    /// <summary>
    /// Socket settings for the actor system's configuration, as a fallback below the user's own. The sizes that matter are set for each
    /// listener and link from <see cref="TransportSettings.ReadBufferBytes"/>; these hold for every other user of Akka.IO in the system.
    /// </summary>
    public const string Hocon = """
        akka.io.tcp {
          # 64k moves 3-5 times the bytes of the built-in 4k; above 85,000 bytes every read would be a large object.
          maximum-frame-size = 64k
          send-buffer-size = 128k
          receive-buffer-size = 128k
          # The server takes or cuts every accepted connection; when thousands come at once, the last of them
          # must not be reset because its turn comes late.
          register-timeout = 60s
        }
        """;
}
