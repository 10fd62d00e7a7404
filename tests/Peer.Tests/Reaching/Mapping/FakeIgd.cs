using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>The HTTP server of a <see cref="FakeRouter"/>: its description, and its port mapping service.</summary>
internal sealed class FakeIgd : IDisposable
{
    private const string Type = "urn:schemas-upnp-org:service:WANIPConnection:1";

    private readonly FakeRouter _router;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationToken _stopped;

    public FakeIgd(FakeRouter router, CancellationToken stopped)
    {
        _router = router;
        _stopped = stopped;
        _listener.Start();
    }

    public string Location => $"http://{_listener.LocalEndpoint}/root.xml";

    public void Dispose() => _listener.Dispose();

    /// <summary>Returns the description of a router.</summary>
    /// <param name="control">The address for requests.</param>
    /// <param name="padding">The number of characters in the friendly name.</param>
    public static string Describe(string control, int padding = 0) => $"""
        <?xml version="1.0"?>
        <root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
        <serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
        <controlURL>/l3f</controlURL></service></serviceList>
        <deviceList><device><serviceList><service><serviceType>{Type}</serviceType>
        <controlURL>{control}</controlURL></service></serviceList></device></deviceList>
        <friendlyName>{new string('x', padding)}</friendlyName></device></root>
        """;

    /// <summary>Serves one connection after another until the router stops.</summary>
    public async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopped);
                try
                {
                    await AnswerAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The peer has read as much as it wants.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var (first, action, length) = (await reader.ReadLineAsync(_stopped) ?? "", "", 0);
        while (await reader.ReadLineAsync(_stopped) is { Length: > 0 } header)
        {
            if (header.StartsWith("SOAPAction:", StringComparison.OrdinalIgnoreCase))
                action = header[(header.IndexOf('#', StringComparison.Ordinal) + 1)..].TrimEnd('"');
            else if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var body = new char[length];
        // A read of zero characters would wait for more input.
        if (length > 0)
            await reader.ReadBlockAsync(body.AsMemory(), _stopped);
        var (status, answer) = _router.Redirect is { } redirect ? ($"302 Found\r\nLocation: {redirect}", "")
            : first.StartsWith("GET /root.xml ", StringComparison.Ordinal) ? ("200 OK", Describe(_router.Control, _router.Padding))
            : first.StartsWith("POST /control ", StringComparison.Ordinal) ? Control(action, XDocument.Parse(new string(body)))
            : ("404 Not Found", "");
        // There is no Content-Length: the body ends with the connection.
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n{answer}"), _stopped);
    }

    private (string Status, string Body) Control(string action, XDocument request)
    {
        string Value(string name) => request.Descendants(name).Single().Value;
        int Number(string name) => int.Parse(Value(name), CultureInfo.InvariantCulture);
        switch (action)
        {
            case "GetExternalIPAddress":
                return Reply(action, $"<NewExternalIPAddress>{_router.ExternalAddress}</NewExternalIPAddress>");
            case "AddPortMapping":
                var port = Number("NewExternalPort");
                var mapping = new FakeMapping(Value("NewInternalClient"), Number("NewInternalPort"), Number("NewLeaseDuration"));
                _router.Added.Enqueue((port, mapping.LeaseSeconds));
                var error = _router.Table.TryGetValue(port, out var other) && other.Client != mapping.Client
                    ? 718
                    : _router.AddError(port, mapping);
                if (error != 0)
                    return Fault(error);
                _router.Table[port] = mapping;
                return Reply(action, "");
            case "GetSpecificPortMappingEntry":
                return _router.Table.TryGetValue(Number("NewExternalPort"), out var found)
                    ? Reply(action, $"<NewInternalPort>{found.Port}</NewInternalPort><NewInternalClient>{found.Client}</NewInternalClient>")
                    : Fault(714);
            case "DeletePortMapping":
                return _router.Table.TryRemove(Number("NewExternalPort"), out _) ? Reply(action, "") : Fault(714);
            default:
                return Fault(401);
        }
    }

    private static (string Status, string Body) Reply(string action, string values) =>
        ("200 OK", Envelope($"<u:{action}Response xmlns:u=\"{Type}\">{values}</u:{action}Response>"));

    private static (string Status, string Body) Fault(int code) => ("500 Internal Server Error", Envelope(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        + $"<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>{code}</errorCode></UPnPError></detail></s:Fault>"));

    private static string Envelope(string body) =>
        $"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>";
}
