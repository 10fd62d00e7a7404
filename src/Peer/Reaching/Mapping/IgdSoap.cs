using System.Globalization;
using System.Net;
using System.Security;
using System.Text;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The requests to a UPnP router's port mapping service, and its replies.</summary>
internal static class IgdSoap
{
    /// <summary>
    /// The description of this peer's mappings in the router's table. Some routers accept only a short one that consists of plain letters.
    /// </summary>
    public const string Description = "TspActors";

    private const int MaxValues = 32;

    /// <summary>Returns the request to add a mapping.</summary>
    /// <param name="type">The service's type.</param>
    /// <param name="step">The external port and the lease.</param>
    /// <param name="client">This machine's address.</param>
    /// <param name="port">This machine's port.</param>
    public static IgdRequest Add(string type, AddMapping step, IPAddress client, int port) => Request(
        type, "AddPortMapping",
        ("NewRemoteHost", ""), ("NewExternalPort", Number(step.ExternalPort)), ("NewProtocol", "TCP"), ("NewInternalPort", Number(port)),
        ("NewInternalClient", client.ToString()), ("NewEnabled", "1"), ("NewPortMappingDescription", Description),
        ("NewLeaseDuration", Number(step.LeaseSeconds)));

    /// <summary>Returns the request to delete a mapping.</summary>
    public static IgdRequest Delete(string type, int externalPort) => Request(
        type, "DeletePortMapping",
        ("NewRemoteHost", ""), ("NewExternalPort", Number(externalPort)), ("NewProtocol", "TCP"));

    /// <summary>Returns the request that asks where a mapping leads.</summary>
    public static IgdRequest Check(string type, int externalPort) => Request(
        type, "GetSpecificPortMappingEntry",
        ("NewRemoteHost", ""), ("NewExternalPort", Number(externalPort)), ("NewProtocol", "TCP"));

    /// <summary>Returns the request for the router's external address.</summary>
    public static IgdRequest ExternalAddress(string type) => Request(type, "GetExternalIPAddress");

    /// <summary>
    /// Reads a reply. A reply with HTTP status 2xx and no error code means success, even if its body is not well-formed: some routers send
    /// an empty body, or a NUL after the body, although they have fulfilled the request.
    /// </summary>
    /// <param name="httpStatus">The HTTP status of the reply.</param>
    /// <param name="body">The body.</param>
    public static IgdReply Parse(int httpStatus, ReadOnlyMemory<byte> body)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        BoundedXml.TryRead(body, (name, value) =>
        {
            if (values.Count < MaxValues)
                values[name] = value;
        });
        if (values.TryGetValue("errorCode", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code > 0)
            return new IgdReply(code, values);
        return new IgdReply(httpStatus is >= 200 and < 300 ? 0 : httpStatus, values);
    }

    /// <summary>Returns a request.</summary>
    /// <param name="type">The service's type.</param>
    /// <param name="action">The name of the action.</param>
    /// <param name="arguments">The names and values of the arguments, in the order that the service defines.</param>
    public static IgdRequest Request(string type, string action, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var body = new StringBuilder()
            .Append("<?xml version=\"1.0\"?>\r\n")
            .Append("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" ")
            .Append("s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>")
            .Append("<u:").Append(action).Append(" xmlns:u=\"").Append(SecurityElement.Escape(type)).Append("\">");
        foreach (var (name, value) in arguments)
            body.Append('<').Append(name).Append('>').Append(SecurityElement.Escape(value)).Append("</").Append(name).Append('>');
        body.Append("</u:").Append(action).Append("></s:Body></s:Envelope>\r\n");
        return new IgdRequest($"\"{type}#{action}\"", body.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A request to a UPnP router: the value of its SOAPAction header, and its body.</summary>
internal sealed record IgdRequest(string Action, string Body);

/// <summary>A UPnP router's reply.</summary>
/// <param name="ErrorCode">0 if the router fulfilled the request; otherwise the UPnP error code or, without one, the HTTP status.</param>
/// <param name="Values">The text of each element, by the element's name.</param>
internal sealed record IgdReply(int ErrorCode, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Whether the router fulfilled the request.</summary>
    public bool IsSuccess => ErrorCode == 0;

    /// <summary>The external address in the reply; null if there is no valid one.</summary>
    public IPAddress? ExternalAddress =>
        Values.TryGetValue("NewExternalIPAddress", out var text) && IPAddress.TryParse(text, out var address) ? address : null;

    /// <summary>Whether the router fulfilled the request, and the reply says where a mapping leads.</summary>
    public bool NamesTarget => IsSuccess && Values.ContainsKey("NewInternalClient");

    /// <summary>Returns whether the mapping in the reply leads to a port of a machine.</summary>
    public bool LeadsTo(IPAddress client, int port) =>
        IsSuccess && Values.TryGetValue("NewInternalClient", out var machine) && machine == client.ToString()
        && Values.TryGetValue("NewInternalPort", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var found) && found == port;
}
