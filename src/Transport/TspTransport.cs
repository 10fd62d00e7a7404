namespace TspActors.Transport;

/// <summary>The HOCON that this part needs in a program's actor system.</summary>
public static class TspTransport
{
    /// <summary>
    /// Socket settings for the actor system, as a fallback for the user's settings. The servers and connections in this part take their
    /// buffer size from <see cref="TransportSettings.ReadBufferBytes"/>; these sizes apply to every other user of Akka.IO in the system.
    /// </summary>
    public const string Hocon = """
        akka.io.tcp {
          # 64k gives 3 to 5 times the throughput of the default 4k. Above 85,000 bytes every read would allocate a large object.
          maximum-frame-size = 64k
          send-buffer-size = 128k
          receive-buffer-size = 128k
          # The server either registers or closes every connection that it accepts. When thousands arrive at once, the
          # last ones wait a while for their turn and must not be reset in that time.
          register-timeout = 60s
        }
        """;
}
