from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat.hub import sign_ins_changed
        from people import sign_ins

        sign_ins.listeners.append(sign_ins_changed)
