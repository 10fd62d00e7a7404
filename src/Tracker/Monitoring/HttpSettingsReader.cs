using System.Net;
using TspActors.Configuration;

namespace TspActors.Tracker.Monitoring;

/// <summary>Reads <see cref="HttpSettings"/> from the section tsp.tracker.http.</summary>
internal static class HttpSettingsReader
{
    public static HttpSettings Read(SettingsReader section) => new()
    {
        Enabled = section.Bool("enabled"),
        Endpoint = new IPEndPoint(ListenAddress.Read(section, "host"), section.Port("port", zeroMeansAny: true)),
    };
}
