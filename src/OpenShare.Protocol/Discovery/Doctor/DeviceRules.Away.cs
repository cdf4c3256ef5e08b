namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>A device that is not reached, and of which nothing shows that it is there.</summary>
internal static partial class DeviceRules
{
    /// <summary>No address of it is known that is not another's.</summary>
    private static Finding Nowhere(DoctorFacts facts, DeviceFacts device)
    {
        if (device.IsLinked)
        {
            return Finding.Note(
                FindingCode.DeviceSilent,
                $"{device.Words} talks to this device over a connection that it made itself; where it takes connections is not known.",
                "While that connection lasts both can send. After it only that device can make another.",
                new Remedy("Run openshare doctor there: it says whether others see that device.", "openshare doctor"));
        }
        return device.EndPoints.IsEmpty
            ? Finding.Of(
                FindingCode.DeviceSilent, facts.IsAbsenceWrong,
                $"{device.Words} is not in sight, and no address of it is known.",
                "It was spoken with before, over connections that it made; where it takes any is not known.",
                new Remedy("Start the agent there, and run openshare doctor there too.", "openshare agent"))
            : Finding.Of(
                FindingCode.DeviceSilent, facts.IsAbsenceWrong,
                $"{device.Words} was last at {At(device, Connecting.Another)}, where another device is now.",
                "It is off or asleep, or it has another address by now and is not heard.",
                new Remedy("Start the agent there, and run openshare doctor there too.", "openshare agent"));
    }

    private static Finding OtherSubnet(DoctorFacts facts, DeviceFacts device)
    {
        var at = At(device, Connecting.Connected);
        var subnets = string.Join(", ", facts.Used.SelectMany(i => i.Addresses.Where(a => !a.IsSelfAssigned).Select(a => $"{a.Address}/{a.PrefixLength}")));
        return Finding.Of(
            FindingCode.OtherSubnet, facts.IsAbsenceWrong,
            $"{device.Words} {(device.IsSeen ? "is" : "was last")} at {at}, in another network than this device ({(subnets.Length > 0 ? subnets : "no address from the network")}).",
            $"Discovery does not go beyond the own network: neither multicast nor broadcast crosses a router. {(device.IsReached ? "Connections do: it was reached there." : "It was not reached there either.")}",
            device.IsReached
                ? new Remedy("Send to its address, or join both to the same Wi-Fi or cable (a guest network is another one):", Remedies.SendTo(at))
                : new Remedy("Join both to the same Wi-Fi or cable; a guest network is another one. If a router joins the two networks, send to its address:", Remedies.SendTo(at)));
    }

    private static Finding NotRunning(DoctorFacts facts, DeviceFacts device) => Finding.Of(
        FindingCode.NotRunningThere, facts.IsAbsenceWrong,
        $"The machine where {device.Words} last was answers at {At(device, Connecting.Refused).Address}, and nothing listens at port {At(device, Connecting.Refused).Port}.",
        "The agent does not run there, or it took another port and is not found; or another machine has that address now.",
        new Remedy("Start the agent there:", "openshare agent"));

    private static Finding Silent(DoctorFacts facts, DeviceFacts device)
    {
        var at = At(device, Connecting.NoAnswer, Connecting.NoWay);
        var gatewayAnswers = facts.Gateway is { Presence: Presence.Answers } way && facts.NextTo(at.Address)?.Name == way.Interface;
        return Finding.Of(
            FindingCode.DeviceSilent, facts.IsAbsenceWrong,
            $"{device.Words} was last at {at}, in this network, and answers nothing there{(gatewayAnswers ? ", while the gateway answers" : "")}.",
            gatewayAnswers
                ? "It is off or asleep, or it has another address by now, or the access point keeps its clients apart. Seen from here these look alike."
                : "It is off or asleep, or it has another address by now, or this device is not really in that network.",
            new Remedy($"Look whether {device.Name} is on, in this very network, with its agent running (openshare agent). If it is, turn off 'client isolation' (also 'AP isolation' or 'guest network') in the settings of the access point."));
    }
}
