"""The services Apprise may be used for: an allow-list, so that a new plugin is not used before it was reviewed."""

from __future__ import annotations

from typing import Final

LOCAL_SERVICES: Final = frozenset("blink1 dbus gio glib gnome kde macosx qt syslog windows".split())
"""Services that act on this machine, which a background service must not do."""

NETWORK_SERVICES: Final = frozenset(
    "46elks acs amqp amqps apprise apprises aprs atalk awswhatsapp azure bale bark barks betterstack bluesky brevo "
    "bsky bulksms bulkvs burstsms chanify clickatell clicksend cliq cm d7sms dapnet deltachat deltachats dingtalk "
    "discord dot eight00com elks emby embys enigma2 enigma2s evolution evolutions exotel fcm feishu firehydrant "
    "flock flowtriq flowtriqs fluxer fluxers form forms freemobile gchat github goalert goalerts gorush gorushs "
    "gotify gotifys groundmail groupme growl guilded gupshup hassio hassios httpsms humhub humhubs ifttt ilert "
    "incidentio infobip instagram irc ircs jellyfin jellyfins jira join json jsons kakao kakaotalk kaleyra "
    "kavenegar klr kodi kodis kook kudosity kumulos lametric lametrics lark lauther lfg line mailersend mailgun "
    "mailto mailtos mastodon mastodons matrix matrixs misskey misskeys mmost mmosts mobilemessage mobilemsg mqtt "
    "mqtts msg91 msgbird ncloud nclouds nctalk nctalks nexmo nostr notica noticas notifiarr notifico notificos "
    "notifyapp notifyre ntfy ntfys o365 octopush onebot onebots onesignal opsgenie opsimate opsimates pagerduty "
    "pagertree parsep parseps pbul pinglet pinglets pingram pjet pjets plivo postmark pover prowl psafer psafers "
    "push pushdeer pushdeers pushed pushme pushplus pushward pushy qq reddit resend revolt ringc rocket rockets "
    "rsyslog ryver schan sendgrid sendpulse serwersms ses session sessions seven sfr signal signalgrid signals "
    "signl4 simplepush sinch slack smpp smpps smsc smseagle smseagles smsmanager smsmgr smstunnel smtp2go sns sogs "
    "sparkpost spike splunk spugpush spush squadcast stackfield strmlabs synology synologys telesign telnyx tgram "
    "threema toot toots trigv trigvs tweet twilio twist twitter vapid viber victorops voipms vonage webex wechat "
    "wecom wecombot whapi whatsapp workflow workflows wpush wxpusher wxteams x xbmc xbmcs xmatters xml xmls xmpp "
    "xmpps youlmk zalo zcliq zohocliq zoom zulip".split()
)
"""Services that are reached over the network. A test compares both lists with the plugins of Apprise."""
