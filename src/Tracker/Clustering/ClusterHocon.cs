using System.Globalization;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using TspActors.Tracker.AkkaInternals;

namespace TspActors.Tracker.Clustering;

/// <summary>Creates the Akka settings of a tracker in a cluster.</summary>
internal static class ClusterHocon
{
    /// <summary>The name of the actor system, the same for all trackers in a cluster.</summary>
    public const string SystemName = "tsp-tracker";

    /// <summary>
    /// The approximate size of one message between trackers. It is well below the maximum frame size of Akka's remoting (128,000 bytes),
    /// which silently drops larger messages.
    /// </summary>
    public const int ChunkBytes = 48 * 1024;

    /// <summary>Returns the Akka settings; empty for a single tracker.</summary>
    public static Config For(ClusterSettings settings) => settings.Port is { } port
        ? ConfigurationFactory.ParseString(Text(settings, port))
            // Akka adds an extension's defaults when the extension is first used, but the serializers in these defaults are needed earlier.
            .WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig())
        : Config.Empty;

    /// <summary>
    /// Returns the setups that Akka needs besides the settings: the keys derived from the secret, if there is no certificate.
    /// </summary>
    public static IReadOnlyList<Setup> Setups(ClusterSettings settings) =>
        settings is { Port: not null, Secret: { } secret, Certificate: null } ? [secret.ToTls()] : [];

    private static string Text(ClusterSettings settings, int port) => $$"""
        akka {
          actor {
            provider = cluster
            serializers {
              tsp-cluster = "{{NameOf(typeof(WireSerializer))}}"
              # Only Akka's own messages and ours are sent or received; no object is ever created from a type name.
              {{string.Join("\n      ", RefusingSerializer.ReplacedSerializers.Select(name => $"{name} = \"{NameOf(typeof(RefusingSerializer))}\""))}}
              {{RestrictedMiscSerializer.ReplacedSerializer}} = "{{NameOf(typeof(RestrictedMiscSerializer))}}"
              {{RestrictedSystemSerializer.ReplacedSerializer}} = "{{NameOf(typeof(RestrictedSystemSerializer))}}"
            }
            serialization-identifiers {
              "{{NameOf(typeof(WireSerializer))}}" = {{WireSerializer.Id}}
            }
            serialization-bindings {
              {{string.Join("\n      ", WireSerializer.Types.Select(type => $"\"{NameOf(type)}\" = tsp-cluster"))}}
            }
            serialization-settings.json.encode-type-names = false
            serialization-settings.allow-unregistered-types = false
          }
          # The program terminates the actor system itself: the CLR's shutdown hook cannot wait for a phase that is being held.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          # A tracker leaves in an orderly way if the others let it, which takes a second or two. It does not wait long for the
          # others, because several trackers may stop at once.
          coordinated-shutdown.phases {
            # ShutdownHold decides when this phase ends.
            {{ShutdownHold.Phase}}.timeout = 3650d
            cluster-leave.timeout = 1500ms
            cluster-exiting.timeout = 2500ms
            cluster-exiting-done.timeout = 1s
            cluster-shutdown.timeout = 1s
            actor-system-terminate.timeout = 2s
          }
          remote {
            flush-wait-on-shutdown = 500ms
            log-remote-lifecycle-events = off
            retry-gate-closed-for = 1s
            # A connection on which nothing arrives is reopened: TCP alone would take many seconds to resume after a link has recovered,
            # and a tracker must quickly learn whether the others have removed it.
            transport-failure-detector {
              heartbeat-interval = 1s
              acceptable-heartbeat-pause = {{Milliseconds(settings.AcceptablePause + TimeSpan.FromSeconds(1))}}
            }
            dot-netty.tcp {
              connection-timeout = 2s
              hostname = "{{settings.Host}}"
              port = {{port.ToString(CultureInfo.InvariantCulture)}}
              {{Tls(settings)}}
            }
          }
          cluster {
            log-info = off
            # The LinkWatchActor decides which members the cluster gives up on.
            downing-provider-class = ""
            failure-detector {
              heartbeat-interval = 1s
              acceptable-heartbeat-pause = {{Milliseconds(settings.AcceptablePause)}}
            }
            run-coordinated-shutdown-when-down = on
            distributed-data.gossip-interval = 1s
            distributed-data.notify-subscribers-interval = 500ms
            # Otherwise the proxy would warn at every start, before there is a singleton.
            singleton-proxy.log-singleton-identification-failure = off
          }
        }
        """;

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    private static string Milliseconds(TimeSpan time) => $"{(long)time.TotalMilliseconds}ms";

    // The keys that are derived from a secret are not in this text: Akka receives them from ClusterSecret.ToTls.
    private static string Tls(ClusterSettings settings) => settings.Certificate is null
        ? $"enable-ssl = {(settings.Secret is null ? "false" : "true")}"
        : $$"""
            enable-ssl = true
            ssl {
              suppress-validation = false
              require-mutual-authentication = true
              certificate {
                path = "{{Quoted(settings.Certificate)}}"
                password = "{{Quoted(settings.CertificatePassword ?? "")}}"
              }
            }
            """;

    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
