using System.Net;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Reads a UPnP router's description.</summary>
internal static class IgdDescription
{
    private const int MaxServices = 64;

    /// <summary>Returns the best service for port mappings.</summary>
    /// <param name="document">The description, as XML.</param>
    /// <param name="location">The address of the description.</param>
    /// <param name="gateway">The router's address, where the service must be.</param>
    /// <returns>The service; null if the document is invalid or lists no such service at the router.</returns>
    public static IgdService? FindService(ReadOnlyMemory<byte> document, Uri location, IPAddress gateway)
    {
        var services = new List<(string Type, string Control)>();
        var (type, control, root) = ("", "", "");
        var isValid = BoundedXml.TryRead(document, (name, text) =>
        {
            switch (name)
            {
                case "serviceType":
                    type = text;
                    break;
                case "controlURL":
                    control = text;
                    break;
                case "URLBase":
                    root = text;
                    break;
                case "service":
                    if (services.Count < MaxServices)
                        services.Add((type, control));
                    (type, control) = ("", "");
                    break;
                default:
                    break;
            }
        });
        if (!isValid)
            return null;
        var start = Uri.TryCreate(root, UriKind.Absolute, out var given) ? given : location;
        return IgdService.Types
            .SelectMany(known => services.Where(service => service.Type == known && service.Control.Length > 0))
            .Select(service => Uri.TryCreate(start, service.Control, out var address) && IgdDiscovery.IsAtGateway(address, gateway)
                ? new IgdService(service.Type, address)
                : null)
            .FirstOrDefault(service => service is not null);
    }
}
